import sys
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from tools.local.programs import Group, Program
from tools.local.state import StateFolder
from tools.local.supervisor_config import UnquotableError, supervisor_config


def program(**environ: str) -> Program:
    return Program(
        name="p", group=Group.SERVICES, command=(sys.executable, "a b", "100%"), environ=environ, stop_wait_s=1
    )


def test_supervisord_reads_blanks_commas_and_percent_signs_as_they_are_meant(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.logs.mkdir()
    state.run.mkdir()
    config = tmp_path / "supervisord.conf"
    environ = {"NETWORKS": "127.0.0.0/8,::1/128", "KEY": "p%c=d'e"}
    config.write_text(supervisor_config([program(**environ)], state, socket=tmp_path / "s"))
    options = ServerOptions()
    options.realize(["-n", "-c", str(config)])
    (read,) = [each for group in options.process_group_configs for each in group.process_configs]
    assert (read.command, read.environment) == (f"{sys.executable} 'a b' 100%", environ)


@pytest.mark.parametrize("value", ['a"b', "a\nb", "a ;b", "a #b"])
def test_what_it_cannot_read_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(UnquotableError, match="choose another"):
        supervisor_config([program(KEY=value)], StateFolder(tmp_path), socket=tmp_path / "s")

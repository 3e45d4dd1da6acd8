"""The one list of services."""

from importlib.util import find_spec

from rowcall_contracts.pipelines import Service
from tools.local.programs import SERVICES


def test_each_of_the_five_is_run_by_a_module_that_names_it_among_its_arguments() -> None:
    modules = {each.name: each.program(port=1, environ={}, secrets={}).command[-1] for each in SERVICES}

    assert modules == {service.value: f"rowcall_{service.value}" for service in Service}
    assert all(find_spec(f"{module}.__main__") for module in modules.values())

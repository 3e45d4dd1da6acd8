"""Connection URIs: what is let through, and what is refused with which code."""

import os
import socket
from ipaddress import ip_network
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_databases import AccessPolicy, DatabaseError, FileLocation, MysqlLocation, PostgresLocation, parse_uri

OPEN = AccessPolicy(allow_networks=(ip_network("127.0.0.0/8"),))


def refusal(uri: str, policy: AccessPolicy) -> DatabaseError:
    with pytest.raises(DatabaseError) as failure:
        parse_uri(uri, policy)
    return failure.value


def test_a_sqlite_file_below_a_root_is_located(sqlite_file: Path, policy: AccessPolicy) -> None:
    location = parse_uri(f"sqlite:///{sqlite_file}", policy)

    assert isinstance(location, FileLocation)
    assert (location.dialect, location.path) == (Dialect.SQLITE, sqlite_file)


def test_a_duckdb_file_below_a_root_is_located(duckdb_file: Path, policy: AccessPolicy) -> None:
    assert parse_uri(f"duckdb:///{duckdb_file}", policy).dialect is Dialect.DUCKDB


def test_percent_encoding_reaches_odd_file_names(sqlite_file: Path, policy: AccessPolicy) -> None:
    odd = sqlite_file.rename(sqlite_file.with_name("50% #1?.sqlite"))

    location = parse_uri(f"sqlite:///{odd.parent}/50%25%20%231%3F.sqlite", policy)

    assert isinstance(location, FileLocation)
    assert location.path == odd


def test_a_postgres_uri_is_taken_apart() -> None:
    location = parse_uri("postgresql+psycopg://u%40x:p%3Aw@127.0.0.1:6543/db?sslmode=require", OPEN)

    assert isinstance(location, PostgresLocation)
    assert (location.user, location.password, location.host) == ("u@x", "p:w", "127.0.0.1")
    assert (location.port, location.database, location.options) == (6543, "db", (("sslmode", "require"),))


@pytest.mark.parametrize("scheme", ["mysql", "mysql+pymysql", "mariadb"])
def test_a_mysql_uri_is_taken_apart(scheme: str) -> None:
    location = parse_uri(f"{scheme}://u%40x:p%3Aw@127.0.0.1:4000/db?ssl-mode=required&charset=utf8mb4", OPEN)

    assert isinstance(location, MysqlLocation)
    assert (location.user, location.password, location.host) == ("u@x", "p:w", "127.0.0.1")
    assert (location.port, location.database, location.dialect) == (4000, "db", Dialect.MYSQL)
    assert location.options == (("ssl-mode", "required"), ("charset", "utf8mb4"))


def test_a_server_has_its_products_usual_port() -> None:
    ports = {uri: parse_uri(uri, OPEN) for uri in ("mysql://u@127.0.0.1/db", "postgresql://u@127.0.0.1/db")}

    assert [location.port for location in ports.values() if not isinstance(location, FileLocation)] == [3306, 5432]


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_location_never_shows_its_password(scheme: str) -> None:
    assert "hunter2" not in repr(parse_uri(f"{scheme}://u:hunter2@127.0.0.1/db", OPEN))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "no uri at all",
        "mysql+pyodbc://u@127.0.0.1/db",
        "mysql://",
        "mysql://127.0.0.1/db",
        "mysql://u@127.0.0.1",
        "mysql://u@/db",
        "mysql://u@%2Fvar%2Frun%2Fmysqld.sock/db",
        "mysql://u@127.0.0.1,10.0.0.1/db",
        "mysql://u@127.0.0.1:0/db",
        "mysql://u@[::1%25lo]/db",
        "mysql://u@127.0.0.1/db?unix_socket=/var/run/mysqld.sock",
        "mysql://u@127.0.0.1/db?host=10.0.0.1",
        "mysql://u@127.0.0.1/db?local_infile=1",
        "mysql://u@127.0.0.1/db?allowLoadLocalInfile=true",
        "mysql://u@127.0.0.1/db?init_command=SET+GLOBAL+x%3D1",
        "mysql://u@127.0.0.1/db?sql_mode=NO_BACKSLASH_ESCAPES",
        "mysql://u@127.0.0.1/db?read_default_file=/etc/my.cnf",
        "mysql://u@127.0.0.1/db?ssl_ca=/etc/passwd",
        "mysql://u@127.0.0.1/db?ssl_key=/etc/passwd",
        "mysql://u@127.0.0.1/db?client_flag=65536",
        "mysql://u@127.0.0.1/db?autocommit=true",
        "mysql://u@127.0.0.1/db?charset=gbk",
        "mysql://u@127.0.0.1/db?ssl-mode=verify_ca",
        "mysql://u@127.0.0.1/db?ssl-mode=required&ssl-mode=disabled",
        "mssql+pyodbc://u@127.0.0.1/db",
        "sqlite+pysqlcipher:////file",
        "postgresql+pg8000://u@127.0.0.1/db",
        "file:///etc/passwd",
        "sqlite://",
        "sqlite:///relative.db",
        "sqlite:///:memory:",
        "sqlite:///file:/abs?mode=rwc&uri=true",
        "sqlite:////abs?mode=rw",
        "sqlite://host/abs",
        "duckdb:///:memory:",
        "duckdb:////abs?access_mode=read_write",
        "sqlite:////abs\0x",
        "sqlite:////abs\nx",
        "sqlite:////" + "x" * 3_000,
        "postgresql://",
        "postgresql://127.0.0.1/db",
        "postgresql://u@127.0.0.1",
        "postgresql://u@/db",
        "postgresql:///db?host=/var/run/postgresql",
        "postgresql://u@%2Fvar%2Frun%2Fpostgresql/db",
        "postgresql://u@127.0.0.1,10.0.0.1/db",
        "postgresql://u@127.0.0.1:5432,10.0.0.1:5432/db",
        "postgresql://u@127.0.0.1:0/db",
        "postgresql://u@127.0.0.1:65536/db",
        "postgresql://u@127.0.0.1:port/db",
        "postgresql://u@[::1%25lo]/db",
        "postgresql://u@127.0.0.1/db?host=10.0.0.1",
        "postgresql://u@127.0.0.1/db?hostaddr=10.0.0.1",
        "postgresql://u@127.0.0.1/db?service=other",
        "postgresql://u@127.0.0.1/db?passfile=/etc/passwd",
        "postgresql://u@127.0.0.1/db?sslcert=/etc/passwd",
        "postgresql://u@127.0.0.1/db?sslkey=/etc/passwd",
        "postgresql://u@127.0.0.1/db?sslrootcert=/etc/passwd",
        "postgresql://u@127.0.0.1/db?options=-csearch_path%3Dx",
        "postgresql://u@127.0.0.1/db?sslmode=verify-ca",
        "postgresql://u@127.0.0.1/db?sslmode=require&sslmode=disable",
    ],
)
def test_what_is_not_explicitly_allowed_is_refused(uri: str) -> None:
    assert refusal(uri, OPEN).code == "location-refused"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]"])
def test_a_literal_address_that_is_not_public_is_refused(host: str) -> None:
    assert refusal(f"postgresql://u:p@{host}/db", AccessPolicy()).code == "host-refused"
    assert refusal(f"mysql://u:p@{host}/db", AccessPolicy()).code == "host-refused"


def test_a_missing_file_below_a_root_is_not_found(tmp_path: Path, policy: AccessPolicy) -> None:
    assert refusal(f"sqlite:///{tmp_path}/none.sqlite", policy).code == "file-not-found"


def test_outside_the_roots_nothing_is_told_about_existence(sqlite_file: Path, policy: AccessPolicy) -> None:
    existing, missing = refusal("sqlite:////etc/passwd", policy), refusal("sqlite:////etc/none", policy)

    assert (existing.code, missing.code) == ("location-refused", "location-refused")
    assert str(existing) == str(missing)


def test_without_roots_no_file_opens(sqlite_file: Path) -> None:
    assert refusal(f"sqlite:///{sqlite_file}", AccessPolicy()).code == "location-refused"


def test_dots_do_not_lead_out_of_the_roots(sqlite_file: Path) -> None:
    root = sqlite_file.parent / "root"
    root.mkdir()

    uri = f"sqlite:///{root}/../{sqlite_file.name}"

    assert refusal(uri, AccessPolicy(file_roots=(root,))).code == "location-refused"


def test_a_root_is_a_folder_and_not_a_prefix(sqlite_file: Path) -> None:
    prefix = Path(str(sqlite_file.parent)[:-1])

    assert refusal(f"sqlite:///{sqlite_file}", AccessPolicy(file_roots=(prefix,))).code == "location-refused"


def test_a_link_does_not_lead_out_of_the_roots(sqlite_file: Path) -> None:
    root = sqlite_file.parent / "root"
    root.mkdir()
    (root / "link.sqlite").symlink_to(sqlite_file)
    (root / "folder").symlink_to(sqlite_file.parent)
    policy = AccessPolicy(file_roots=(root,))

    assert refusal(f"sqlite:///{root}/link.sqlite", policy).code == "location-refused"
    assert refusal(f"sqlite:///{root}/folder/{sqlite_file.name}", policy).code == "location-refused"


def test_a_link_inside_the_roots_is_followed(sqlite_file: Path, policy: AccessPolicy) -> None:
    link = sqlite_file.with_name("link.sqlite")
    link.symlink_to(sqlite_file)

    location = parse_uri(f"sqlite:///{link}", policy)

    assert isinstance(location, FileLocation)
    assert location.path == sqlite_file


def test_a_loop_of_links_is_refused(tmp_path: Path, policy: AccessPolicy) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    assert refusal(f"sqlite:///{loop}", policy).code == "location-refused"


def test_a_folder_is_no_database(tmp_path: Path, policy: AccessPolicy) -> None:
    assert refusal(f"sqlite:///{tmp_path}", policy).code == "not-a-database"


def test_a_text_file_is_no_database(tmp_path: Path, policy: AccessPolicy) -> None:
    text = tmp_path / "notes.sqlite"
    text.write_text("root:x:0:0")

    assert refusal(f"sqlite:///{text}", policy).code == "not-a-database"
    assert refusal(f"duckdb:///{text}", policy).code == "not-a-database"


def test_an_empty_file_is_no_database(tmp_path: Path, policy: AccessPolicy) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()

    assert refusal(f"sqlite:///{empty}", policy).code == "not-a-database"


def test_a_file_of_the_other_engine_is_no_database(sqlite_file: Path, duckdb_file: Path, policy: AccessPolicy) -> None:
    assert refusal(f"duckdb:///{sqlite_file}", policy).code == "not-a-database"
    assert refusal(f"sqlite:///{duckdb_file}", policy).code == "not-a-database"


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path, policy: AccessPolicy) -> None:
    os.mkfifo(tmp_path / "pipe.sqlite")

    assert refusal(f"sqlite:///{tmp_path}/pipe.sqlite", policy).code == "not-a-database"


def test_a_socket_is_refused(tmp_path: Path, policy: AccessPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")

        assert refusal(f"sqlite:///{tmp_path}/s", policy).code == "not-a-database"


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite:////etc/shadow-s3cret",
        "postgresql://u:s3cret@10.0.0.1:x/db",
        "mysql://u:s3cret@10.0.0.1/db",
        "mysql://u@8.8.8.8/db?s3cret=s3cret",
        "s3cret://x",
        "sqlite:///s3cret",
    ],
)
def test_no_refusal_shows_a_path_or_a_secret(uri: str) -> None:
    assert "s3cret" not in str(refusal(uri, AccessPolicy()))

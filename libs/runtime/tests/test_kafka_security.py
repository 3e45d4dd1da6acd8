"""Kafka's settings in the two spellings that the clients want: every protocol and mechanism in both alike."""

import ssl
from pathlib import Path

import pytest
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from rowcall_contracts.settings import Settings
from rowcall_runtime.kafka_security import KafkaAccess

SECRET = "hunter2"
CERTIFICATE = Path(__file__).parents[3] / "services/webhooks/tests/certificates/receiver.pem"
SASL = {"kafka_sasl_username": "rowcall", "kafka_sasl_password": SECRET}
MECHANISMS = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def access(**settings: object) -> KafkaAccess:
    return KafkaAccess.of(Settings.model_validate({"mongo_url": "-", "kafka_bootstrap": "a:1,b:2", **settings}))


def test_a_plain_connection_carries_no_security() -> None:
    plain = access()
    assert plain.client_options() == {"bootstrap_servers": "a:1,b:2", "security_protocol": "PLAINTEXT"}
    assert plain.broker_security() is None


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_user_and_password_reach_both_clients(protocol: str, mechanism: str) -> None:
    secured = access(kafka_security_protocol=protocol, kafka_sasl_mechanism=mechanism, **SASL)

    options, security = secured.client_options(), secured.broker_security()

    assert (options["security_protocol"], options["sasl_mechanism"]) == (protocol, mechanism)
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("rowcall", SECRET)
    assert ("ssl_context" in options) == (protocol == "SASL_SSL")
    assert isinstance(security, SASLPlaintext | SASLScram256 | SASLScram512)
    assert type(security) is MECHANISMS[mechanism]
    assert (security.username, security.password, security.use_ssl) == ("rowcall", SECRET, protocol == "SASL_SSL")


def test_tls_trusts_the_ca_file_alone_and_checks_the_hosts_name() -> None:
    secured = access(kafka_security_protocol="SSL", kafka_ssl_cafile=CERTIFICATE)

    context, security = secured.client_options()["ssl_context"], secured.broker_security()
    assert isinstance(context, ssl.SSLContext)
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert context.cert_store_stats()["x509"] == 1
    assert isinstance(security, BaseSecurity)
    assert security.ssl_context is context


def test_the_password_is_not_shown() -> None:
    assert SECRET not in repr(access(kafka_security_protocol="SASL_PLAINTEXT", kafka_sasl_mechanism="PLAIN", **SASL))

"""Kafka's connection settings in the two spellings that the clients want."""

import ssl
from dataclasses import dataclass, field

from faststream.security import (
    BaseSecurity,
    SASLPlaintext,
    SASLScram256,
    SASLScram512,
)

from rowcall_contracts.settings import Settings


@dataclass(frozen=True, kw_only=True)
class KafkaAccess:
    """How to reach and authenticate to Kafka."""

    bootstrap: str
    protocol: str
    mechanism: str | None
    username: str | None
    password: str | None = field(repr=False)
    context: ssl.SSLContext | None

    @classmethod
    def of(cls, settings: Settings) -> "KafkaAccess":
        """Reads the settings; loads the CA file where TLS is on."""
        secured = settings.kafka_security_protocol.endswith("SSL")
        password = settings.kafka_sasl_password
        return cls(
            bootstrap=settings.kafka_bootstrap,
            protocol=settings.kafka_security_protocol,
            mechanism=settings.kafka_sasl_mechanism,
            username=settings.kafka_sasl_username,
            password=password.get_secret_value() if password else None,
            context=ssl.create_default_context(cafile=settings.kafka_ssl_cafile) if secured else None,
        )

    def client_options(self) -> dict[str, object]:
        """Keyword arguments of aiokafka's clients."""
        options: dict[str, object] = {"bootstrap_servers": self.bootstrap, "security_protocol": self.protocol}
        if self.context:
            options["ssl_context"] = self.context
        if self.mechanism:
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options

    def broker_security(self) -> BaseSecurity | None:
        """FastStream's security object, or `None` for a plain connection."""
        if self.protocol == "PLAINTEXT":
            return None
        if not self.mechanism:
            return BaseSecurity(ssl_context=self.context, use_ssl=self.context is not None)
        kinds = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
        return kinds[self.mechanism](
            username=self.username or "",
            password=self.password or "",
            ssl_context=self.context,
            use_ssl=self.context is not None,
        )

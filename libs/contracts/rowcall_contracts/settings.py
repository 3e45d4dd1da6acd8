"""Every setting, once: name, default, unit, meaning. Read from `ROWCALL_<NAME>`, or a file named by `…_FILE`."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rowcall_contracts.topics import DEFAULT_PARTITIONS

ENV_PREFIX = "ROWCALL_"
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode]


def _split(value: object, separator: str) -> object:
    return tuple(part.strip() for part in value.split(separator) if part.strip()) if isinstance(value, str) else value


class Settings(BaseSettings):
    """What every service reads."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    mongo_url: SecretStr = Field(description="MongoDB connection string, with the database name as its path.")
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", description="Which client of the store to use.")
    kafka_bootstrap: str = Field(description="Comma-separated `host:port` of Kafka brokers.")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to talk to Kafka."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, description="SASL mechanism."
    )
    kafka_sasl_username: str | None = Field(None, description="SASL user.")
    kafka_sasl_password: SecretStr | None = Field(None, description="SASL password.")
    kafka_ssl_cafile: Path | None = Field(None, description="CA certificates for Kafka.")
    kafka_replication: int = Field(1, ge=1, description="Replication factor of the topics that `migrate` creates.")
    kafka_min_isr: int = Field(1, ge=1, description="`min.insync.replicas` of the topics that `migrate` creates.")
    kafka_partitions: int = Field(
        DEFAULT_PARTITIONS,
        ge=1,
        description="Partitions of each topic of commands and events that `migrate` creates; at most so many replicas "
        "of a service share its commands.",
    )
    admin_host: str = Field("127.0.0.1", description="Address of the probes and metrics.")
    admin_port: int = Field(0, ge=0, le=65_535, description="Port of the probes and metrics; 0 picks a free one.")
    worker_slot: str | None = Field(
        None, description="Stable name of this replica (a StatefulSet's ordinal) for Kafka static membership."
    )
    concurrency: int = Field(16, ge=1, le=1_000, description="Steps that one worker process runs at once.")
    lease_ttl_s: float = Field(10.0, ge=1, description="Seconds until the lease of a silent worker may be taken over.")
    drain_s: float = Field(20.0, ge=0, description="Seconds that running steps get after SIGTERM.")
    retention_days: int = Field(
        30, ge=1, description="Days until finished jobs, deliveries and rows of the audit are erased."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe line logged.")


class GatewaySettings(Settings):
    """What the gateway reads besides."""

    host: str = Field("127.0.0.1", description="Address of the HTTP API.")
    port: int = Field(8000, ge=0, le=65_535, description="Port of the HTTP API.")
    bootstrap_key: SecretStr | None = Field(
        None, description="Key of the operator of workspace `default`: `rk_` and at least 29 more characters."
    )
    public_key: str = Field(description="Base64 of the X25519 public key that seals secrets.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field((), description="Comma-separated origins for CORS.")
    rate_per_minute: int = Field(6_000, ge=1, description="Requests per key and minute, unless the key says otherwise.")
    max_unfinished_jobs: int = Field(10_000, ge=1, description="Unfinished jobs per workspace; more answer 429.")
    max_unfinished_jobs_total: int = Field(100_000, ge=1, description="Unfinished jobs in all; more answer 503.")
    webhook_allow_networks: Networks = Field((), description="Comma-separated CIDRs of private webhook receivers.")

    _origins = field_validator("cors_origins", "webhook_allow_networks", mode="before")(
        lambda value: _split(value, ",")
    )


class ExecutorSettings(Settings):
    """What the executor reads besides."""

    master_key: SecretStr = Field(
        description="Base64 of the 32-byte private key that opens sealed connection URIs; after a comma, older ones."
    )
    file_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="Colon-separated folders below which database files may be opened; empty: none."
    )
    database_allow_networks: Networks = Field((), description="Comma-separated CIDRs of private database hosts.")
    query_timeout_s: float = Field(30.0, gt=0, description="Seconds that one query may run.")

    _roots = field_validator("file_roots", mode="before")(lambda value: _split(value, ":"))
    _networks = field_validator("database_allow_networks", mode="before")(lambda value: _split(value, ","))


class SqlgenSettings(Settings):
    """What sqlgen reads besides."""

    llm_base_url: str | None = Field(
        None, description="OpenAI-compatible endpoint; unset: the built-in engine answers."
    )
    llm_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")
    llm_model: str | None = Field(None, description="Model name at that endpoint.")
    llm_timeout_s: float = Field(60.0, gt=0, description="Seconds that one LLM call may take.")
    llm_step_s: float = Field(
        120.0, gt=0, description="Seconds that all LLM calls for one question may take, retries and waits included."
    )
    llm_samples: int = Field(
        1, ge=1, le=8, description="Answers asked for per question; what most of them agree on ranks first."
    )
    llm_prompt_tokens: int = Field(
        16_000, ge=1_000, description="Tokens of a prompt; of a large schema, the tables that matter most are shown."
    )
    llm_step_tokens: int = Field(
        60_000, ge=1_000, description="Tokens that one question may cost; answers beyond the first stop there."
    )
    llm_concurrency: int = Field(8, ge=1, le=1_000, description="LLM calls of this process at once.")
    llm_stream: bool = Field(False, description="Ask for streams, for endpoints that cut long silent requests.")
    knowledge_file: Path | None = Field(
        None, description="YAML file of question-SQL pairs, terms and instructions; see `docs/knowledge.md`."
    )
    index_cache_bytes: int = Field(256 * 2**20, ge=0, description="Bytes of connection indexes kept in memory.")


class SummarizerSettings(Settings):
    """What the summarizer reads besides."""

    index_dir: Path = Field(Path(".rowcall/document-index"), description="Folder of the full-text index, a cache.")


class WebhooksSettings(Settings):
    """What webhooks reads besides."""

    master_key: SecretStr = Field(
        description="Base64 of the 32-byte private key that opens sealed endpoint secrets; after a comma, older ones."
    )
    webhook_allow_networks: Networks = Field((), description="Comma-separated CIDRs of private webhook receivers.")
    webhook_timeout_s: float = Field(15.0, gt=0, description="Seconds for one attempt, from name look-up to last byte.")

    _networks = field_validator("webhook_allow_networks", mode="before")(lambda value: _split(value, ","))

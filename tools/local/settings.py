"""Settings of the laptop stack, read from `ROWCALL_<NAME>`. The services read theirs themselves, from what is left."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.local.store import StoreKind

LOOPBACK_NETWORKS = "127.0.0.0/8,::1/128"


class LocalSettings(BaseSettings):
    """What `make run` reads. An empty value counts as unset."""

    model_config = SettingsConfigDict(
        env_prefix="ROWCALL_", frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    port: int = Field(8000, ge=0, le=65_535, description="Port of the HTTP API; 0 picks a free one.")
    state_dir: Path = Field(Path(".rowcall"), description="Folder for data, logs and keys; kept between starts.")
    kafka_bootstrap: str | None = Field(None, description="Use these brokers instead of starting one.")
    mongo_url: SecretStr | None = Field(None, description="Use this MongoDB instead of starting a store.")
    mongo_url_file: Path | None = Field(None, description="File with the MongoDB URL, instead of the value.")
    embedded_store: StoreKind = Field(StoreKind.PY, description="Which embedded store to start.")
    bootstrap_key: SecretStr | None = Field(None, description="Operator's key; unset: one is made and kept.")
    bootstrap_key_file: Path | None = Field(None, description="File with the operator's key, instead of the value.")
    master_key: SecretStr | None = Field(
        None, description="Base64 of 32 bytes that open secrets; unset: made and kept."
    )
    master_key_file: Path | None = Field(None, description="File with the master key, instead of the value.")
    llm_api_key: SecretStr | None = Field(None, description="Key of the LLM endpoint.")
    llm_api_key_file: Path | None = Field(None, description="File with that key, instead of the value.")
    file_roots: str = Field("", description="Colon-separated folders of database files, besides the demo's.")
    database_allow_networks: str = Field(LOOPBACK_NETWORKS, description="CIDRs of private database hosts.")
    webhook_allow_networks: str = Field(LOOPBACK_NETWORKS, description="CIDRs of private webhook receivers.")

    @property
    def starts_store(self) -> bool:
        """Whether the embedded store is wanted."""
        return self.mongo_url is None and self.mongo_url_file is None

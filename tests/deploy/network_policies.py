"""What network policies allow, worked out as a cluster would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic import Field

from tests.deploy.manifests import Manifests
from tests.deploy.parts import Labels, LabelSelector, Metadata, Part

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class IpBlock(Part):
    """A network with holes."""

    cidr: Network
    excepted: Sequence[Network] = Field((), alias="except")

    def holds(self, address: Address) -> bool:
        """Whether the address lies inside, and in no hole."""
        return address in self.cidr and not any(address in hole for hole in self.excepted)


class Peer(Part):
    """Addresses, or pods by their labels."""

    ip_block: IpBlock | None = None
    namespace_selector: LabelSelector | None = None
    pod_selector: LabelSelector | None = None


class PolicyPort(Part):
    """A port or a range of ports."""

    port: int | str
    end_port: int | None = None
    protocol: str = "TCP"

    def holds(self, port: int) -> bool:
        """Whether TCP connections to the port are meant."""
        return (
            isinstance(self.port, int) and self.protocol == "TCP" and self.port <= port <= (self.end_port or self.port)
        )


class Rule(Part):
    """Peers and ports; none given means any."""

    to: Sequence[Peer] = ()
    ports: Sequence[PolicyPort] = ()
    source: Sequence[Peer] = Field((), alias="from")

    def lets_out(self, address: Address, port: int) -> bool:
        """Whether a TCP connection to an address that belongs to no pod of a selector is allowed."""
        to_there = not self.to or any(peer.ip_block and peer.ip_block.holds(address) for peer in self.to)
        return to_there and (not self.ports or any(each.holds(port) for each in self.ports))


class PolicySpec(Part):
    """Whom a policy is about and what it allows."""

    pod_selector: LabelSelector
    policy_types: Sequence[str]
    ingress: Sequence[Rule] = ()
    egress: Sequence[Rule] = ()


class Policy(Part):
    """A NetworkPolicy."""

    metadata: Metadata
    spec: PolicySpec

    @property
    def name(self) -> str:
        """Its name."""
        return self.metadata.name


@dataclass(frozen=True)
class Policies:
    """All policies of a kustomization."""

    all: Sequence[Policy]

    @classmethod
    def of(cls, manifests: Manifests) -> "Policies":
        """Reads them."""
        return cls(manifests.of("NetworkPolicy", Policy))

    def named(self) -> Mapping[str, Policy]:
        """Returns them by name."""
        return {policy.name: policy for policy in self.all}

    def about(self, labels: Labels, direction: str) -> list[Policy]:
        """Returns those that hold for a pod's ingress or egress."""
        return [
            each for each in self.all if direction in each.spec.policy_types and each.spec.pod_selector.selects(labels)
        ]

    def lets_out(self, labels: Labels, address: Address, port: int) -> bool:
        """Whether a pod may open a TCP connection."""
        policies = self.about(labels, "Egress")
        return not policies or any(rule.lets_out(address, port) for each in policies for rule in each.spec.egress)

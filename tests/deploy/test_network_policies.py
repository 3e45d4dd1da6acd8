"""The policies draw the edges of the table in docs/operations.md, and no other."""

from ipaddress import ip_address

import pytest

from rowcall_contracts.addresses import refused_reason
from tests.deploy.manifests import Manifests, Workload
from tests.deploy.network_policies import Address, Network, Policies
from tests.deploy.operations_page import listed, table

TO = "rowcall-to-"
EVERYONE_S = {"dns"}
PUBLIC = ("llm", "databases", "internet")

INSIDE = ip_address("10.20.30.40")
METADATA = ip_address("169.254.169.254")
PUBLIC_ADDRESSES = (ip_address("93.184.215.14"), ip_address("2606:2800:21f::1"))


def test_the_edges_are_those_of_the_operations_page(base: Manifests) -> None:
    policies = Policies.of(base)
    drawn = {
        each.component: {policy.name.removeprefix(TO) for policy in policies.about(each.labels, "Egress")}
        - {"rowcall-default-deny"}
        - EVERYONE_S
        for each in base.workloads
    }
    assert drawn == {process: listed(targets) for process, targets in table("Who may reach what")}


def test_everything_is_denied_first(base: Manifests) -> None:
    deny = Policies.of(base).named()["rowcall-default-deny"].spec
    assert set(deny.policy_types) == {"Ingress", "Egress"}
    assert not deny.ingress
    assert not deny.egress
    assert all(deny.pod_selector.selects(each.labels) for each in base.workloads)


@pytest.mark.parametrize(("target", "port"), [("store", 27017), ("kafka", 9092), ("kafka", 9093)])
def test_store_and_broker_are_reached_inside_the_cluster(base: Manifests, target: str, port: int) -> None:
    for each in base.workloads:
        assert Policies.of(base).lets_out(each.labels, INSIDE, port), f"{each.component} → {target}"


@pytest.mark.parametrize("port", [22, 80, 443, 3306, 5432, 8000, 9090])
def test_no_process_reaches_a_private_address_on_another_port(base: Manifests, port: int) -> None:
    for each in base.workloads:
        assert not Policies.of(base).lets_out(each.labels, INSIDE, port), each.component
        assert not Policies.of(base).lets_out(each.labels, METADATA, port), each.component


@pytest.mark.parametrize(
    ("port", "components"),
    [
        (443, {"summarizer", "sqlgen", "executor", "webhooks"}),
        (5432, {"executor", "webhooks"}),
        (8443, {"executor", "webhooks"}),
    ],
)
def test_public_addresses_are_reached_by_those_who_need_them(base: Manifests, port: int, components: set[str]) -> None:
    for address in PUBLIC_ADDRESSES:
        allowed = {each.component for each in base.workloads if Policies.of(base).lets_out(each.labels, address, port)}
        assert allowed == components


@pytest.mark.parametrize("target", PUBLIC)
def test_the_holes_are_the_addresses_that_the_services_themselves_refuse(base: Manifests, target: str) -> None:
    (rule,) = Policies.of(base).named()[TO + target].spec.egress
    blocks = [peer.ip_block for peer in rule.to if peer.ip_block]
    assert len(blocks) == len(rule.to) == 2
    for hole in (hole for block in blocks for hole in block.excepted):
        assert refused_reason(hole.network_address), hole
        assert refused_reason(hole.broadcast_address), hole


@pytest.mark.parametrize("target", PUBLIC)
def test_what_lies_beside_a_hole_is_allowed_by_both_or_by_neither(base: Manifests, target: str) -> None:
    (rule,) = Policies.of(base).named()[TO + target].spec.egress
    blocks = [peer.ip_block for peer in rule.to if peer.ip_block]
    holes = [hole for block in blocks for hole in block.excepted]
    for hole in holes:
        for address in _edges(hole):
            allowed = any(block.holds(address) for block in blocks)
            assert allowed == (refused_reason(address) is None), address


def test_clients_reach_the_gateway_s_api_and_monitoring_reaches_the_admin_ports(base: Manifests) -> None:
    policies = Policies.of(base)
    open_to = {each.component: _ports_in(policies, each) for each in base.workloads}
    workers = {"summarizer", "sqlgen", "executor", "webhooks"}
    assert open_to == {"gateway": {"http", "admin"}, **{name: {"admin"} for name in workers}, "migrate": set()}
    (rule,) = policies.named()["rowcall-from-monitoring"].spec.ingress
    (peer,) = rule.source
    assert peer.namespace_selector
    assert peer.namespace_selector.match_labels == {"kubernetes.io/metadata.name": "monitoring"}


def test_names_are_asked_of_the_cluster_s_dns_alone(base: Manifests) -> None:
    (rule,) = Policies.of(base).named()["rowcall-to-dns"].spec.egress
    (peer,) = rule.to
    assert peer.pod_selector
    assert peer.pod_selector.match_labels == {"k8s-app": "kube-dns"}
    assert {(port.protocol, port.port) for port in rule.ports} == {("UDP", 53), ("TCP", 53)}


def _ports_in(policies: Policies, workload: Workload) -> set[int | str]:
    rules = [rule for each in policies.about(workload.labels, "Ingress") for rule in each.spec.ingress]
    assert all(rule.ports for rule in rules)
    return {port.port for rule in rules for port in rule.ports}


def _edges(hole: Network) -> list[Address]:
    """The addresses on both sides of the hole's two borders."""
    make = type(hole.network_address)
    first, last = int(hole.network_address), int(hole.broadcast_address)
    return [make(each) for each in (first - 1, first, last, last + 1) if 0 <= each < 2**hole.max_prefixlen]

"""The circuit breaker, with the clock in the test's hands."""

from rowcall_sqlgen.llm.circuit import Circuit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _failing(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        circuit.failed()


def test_failures_below_the_bound_or_with_a_success_between_keep_it_closed() -> None:
    circuit = Circuit(Clock(), failures=3, rest_s=30.0)
    _failing(circuit, 2)
    circuit.succeeded()
    _failing(circuit, 2)
    assert (circuit.is_open, circuit.wait_s()) == (False, 0.0)


def test_the_last_failure_of_the_row_opens_it_for_its_rest() -> None:
    clock = Clock()
    circuit = Circuit(clock, failures=3, rest_s=30.0)
    _failing(circuit, 3)
    clock.now += 10.0
    assert (circuit.is_open, circuit.wait_s()) == (True, 20.0)


def test_after_the_rest_one_caller_tries_and_the_others_wait() -> None:
    clock = Clock()
    circuit = Circuit(clock, failures=3, rest_s=30.0)
    _failing(circuit, 3)
    clock.now += 30.0
    assert [circuit.wait_s() for _ in range(3)] == [0.0, 30.0, 30.0]
    circuit.succeeded()
    assert circuit.wait_s() == 0.0


def test_failed_try_after_the_rest_opens_it_again() -> None:
    clock = Clock()
    circuit = Circuit(clock, failures=3, rest_s=30.0)
    _failing(circuit, 3)
    clock.now += 31.0
    assert circuit.wait_s() == 0.0
    circuit.failed()
    assert circuit.wait_s() == 30.0

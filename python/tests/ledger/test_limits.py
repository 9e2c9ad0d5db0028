import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.ledger.limits import Budget, BudgetExhausted, CallLimit, CallRefused, ChildSlots, Reservation, Slots


def per_token(output_tokens: int) -> Decimal:
    return Decimal(100 + output_tokens)


def test_exactly_so_many_sub_calls_are_admitted_under_many_threads() -> None:
    limit = CallLimit(3, "sub-call")

    def admitted(_: int) -> bool:
        try:
            limit.admit()
        except CallRefused as refused:
            assert "sub-call limit reached (3 of 3)" in str(refused)
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(admitted, range(200))) == 3


@pytest.mark.parametrize(("count", "levels"), [(1, 1), (2, 1), (2, 2), (1, 3), (4, 3), (16, 4)])
def test_child_repls_are_never_more_than_the_limit_and_never_wait_in_vain(count: int, levels: int) -> None:
    """Each holds its slot while a batch of children of its own goes on, down to the last level."""
    slots, lock, alive, most, ended = ChildSlots(count, levels, StopSignal()), threading.Lock(), [0], [0], [0]

    def child(level: int) -> None:
        with slots.hold(level):
            with lock:
                alive[0] += 1
                most[0] = max(most[0], alive[0])
            if level < levels:
                threads = [threading.Thread(target=child, args=(level + 1,), daemon=True) for _ in range(3)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(30)
            with lock:
                alive[0] -= 1
                ended[0] += 1

    batch = [threading.Thread(target=child, args=(1,), daemon=True) for _ in range(12)]
    for thread in batch:
        thread.start()
    for thread in batch:
        thread.join(30)
    assert ended == [sum(12 * 3**level for level in range(levels))]
    assert most[0] <= max(count, levels)


def test_waiting_for_a_child_slot_ends_when_the_run_stops() -> None:
    stop = StopSignal()
    slots = ChildSlots(1, 1, stop)
    timer = threading.Timer(0.05, lambda: stop.stop("cancelled", "enough"))
    timer.start()
    with slots.hold(1), pytest.raises(RunStopped), slots.hold(1):
        pass
    timer.join()


def test_slots_are_never_more_than_their_count() -> None:
    slots, lock, holding, most = Slots(4, StopSignal()), threading.Lock(), [0], [0]

    def work(_: int) -> None:
        with slots.hold():
            with lock:
                holding[0] += 1
                most[0] = max(most[0], holding[0])
            with lock:
                holding[0] -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(400)))
    assert 1 <= most[0] <= 4


def test_waiting_for_a_slot_ends_with_the_stop() -> None:
    stop = StopSignal()
    slots, ended = Slots(1, stop), threading.Event()

    def wait() -> None:
        with pytest.raises(RunStopped), slots.hold():
            raise AssertionError("there was no slot")
        ended.set()

    with slots.hold():
        threading.Thread(target=wait).start()
        stop.stop("cancelled", "")
        assert ended.wait(10)


def test_a_reservation_that_fits_is_what_was_wanted() -> None:
    assert Budget(Decimal(1000), StopSignal()).reserve(per_token, 900) == Reservation(Decimal(1000), 900)


def test_with_nothing_in_flight_the_output_shrinks_to_what_is_affordable() -> None:
    assert Budget(Decimal(1000), StopSignal()).reserve(per_token, 5000) == Reservation(Decimal(1000), 900)


def test_below_the_floor_the_budget_is_exhausted() -> None:
    budget = Budget(Decimal(100 + 255), StopSignal())
    with pytest.raises(BudgetExhausted):
        budget.reserve(per_token, 5000)
    assert budget.reserve(per_token, 100).max_output_tokens == 100, "a smaller bound wanted may be afforded"


def test_a_reservation_waits_for_others_to_settle() -> None:
    budget, reserved = Budget(Decimal(1000), StopSignal()), threading.Event()
    first, second = budget.reserve(per_token, 800), list[Reservation]()

    def wait() -> None:
        second.append(budget.reserve(per_token, 800))
        reserved.set()

    threading.Thread(target=wait).start()
    budget.settle(first, Decimal(10))
    assert reserved.wait(10)
    assert second == [Reservation(Decimal(900), 800)]


def test_waiting_for_money_ends_with_the_stop() -> None:
    stop, ended = StopSignal(), threading.Event()
    budget = Budget(Decimal(1000), stop)
    budget.reserve(per_token, 800)

    def wait() -> None:
        with pytest.raises(RunStopped):
            budget.reserve(per_token, 800)
        ended.set()

    threading.Thread(target=wait).start()
    stop.stop("cancelled", "")
    assert ended.wait(10)


def test_unknown_costs_count_whole() -> None:
    budget = Budget(Decimal(1000), StopSignal())
    assert budget.settle(budget.reserve(per_token, 600), None)
    with pytest.raises(BudgetExhausted):
        budget.reserve(per_token, 600)


def test_an_attempt_written_off_leaves_the_reservation_in_place() -> None:
    budget = Budget(Decimal(1000), StopSignal())
    reservation = budget.reserve(per_token, 300)
    assert budget.write_off(reservation.amount)
    assert not budget.write_off(reservation.amount), "400 in flight and 400 gone leave 200"


def test_a_bill_over_the_cap_is_told() -> None:
    budget = Budget(Decimal(1000), StopSignal())
    assert not budget.settle(budget.reserve(per_token, 900), Decimal(1001))


def test_spending_stays_under_the_cap_with_sixteen_threads() -> None:
    budget, spent, lock = Budget(Decimal(20_000), StopSignal()), [Decimal(0)], threading.Lock()
    dice = random.Random(7)

    def spend(_: int) -> None:
        try:
            reservation = budget.reserve(per_token, dice.randint(1, 2000))
        except BudgetExhausted:
            return
        cost = reservation.amount * dice.randint(0, 100) / 100
        with lock:
            spent[0] += cost
        budget.settle(reservation, cost)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(spend, range(500)))
    assert Decimal(15_000) < spent[0] <= Decimal(20_000)

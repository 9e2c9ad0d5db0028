import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.ledger.limits import Budget, BudgetExhausted, CallLimit, CallRefused, ChildSlots, Reservation


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


def reserved(budget: Budget, most: int) -> Reservation:
    """Of a budget in which nothing has to be waited for."""
    return asyncio.run(budget.reserve(per_token, most))


def test_a_reservation_that_fits_is_what_was_wanted() -> None:
    assert reserved(Budget(Decimal(1000)), 900) == Reservation(Decimal(1000), 900)


def test_with_nothing_in_flight_the_output_shrinks_to_what_is_affordable() -> None:
    assert reserved(Budget(Decimal(1000)), 5000) == Reservation(Decimal(1000), 900)


def test_below_the_floor_the_budget_is_exhausted() -> None:
    budget = Budget(Decimal(100 + 255))
    with pytest.raises(BudgetExhausted):
        reserved(budget, 5000)
    assert reserved(budget, 100).max_output_tokens == 100, "a smaller bound wanted may be afforded"


def test_a_reservation_waits_for_others_to_settle_and_who_came_first_is_first() -> None:
    async def run() -> list[str]:
        budget, got = Budget(Decimal(1000)), list[str]()

        async def reserve(name: str, most: int) -> Reservation:
            reservation = await budget.reserve(per_token, most)
            got.append(name)
            return reservation

        first = await reserve("first", 700)
        large, small = asyncio.create_task(reserve("large", 800)), asyncio.create_task(reserve("small", 50))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert got == ["first"]
        budget.settle(first, Decimal(10))
        assert await large == Reservation(Decimal(900), 800)
        budget.settle(await large, Decimal(10))
        assert await small == Reservation(Decimal(150), 50)
        return got

    assert asyncio.run(run()) == ["first", "large", "small"]


def test_waiting_for_money_ends_when_the_call_is_cut_and_the_next_goes_on() -> None:
    async def run() -> None:
        budget = Budget(Decimal(1000))
        first = await budget.reserve(per_token, 800)
        waiting = [asyncio.create_task(budget.reserve(per_token, 800)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        budget.settle(first, Decimal(0))
        assert await waiting[1] == Reservation(Decimal(900), 800)
        assert waiting[0].cancelled()

    asyncio.run(run())


def test_unknown_costs_count_whole() -> None:
    budget = Budget(Decimal(1000))
    assert budget.settle(reserved(budget, 600), None)
    with pytest.raises(BudgetExhausted):
        reserved(budget, 600)


def test_an_attempt_written_off_leaves_the_reservation_in_place() -> None:
    budget = Budget(Decimal(1000))
    reservation = reserved(budget, 300)
    assert budget.write_off(reservation.amount)
    assert not budget.write_off(reservation.amount), "400 in flight and 400 gone leave 200"


def test_a_bill_over_the_cap_is_told() -> None:
    budget = Budget(Decimal(1000))
    assert not budget.settle(reserved(budget, 900), Decimal(1001))


def test_spending_stays_under_the_cap_with_sixteen_calls_at_once() -> None:
    budget, spent, dice = Budget(Decimal(20_000)), [Decimal(0)], random.Random(7)

    async def spend(turns: range) -> None:
        for _ in turns:
            try:
                reservation = await budget.reserve(per_token, dice.randint(1, 2000))
            except BudgetExhausted:
                return
            await asyncio.sleep(0)
            cost = reservation.amount * dice.randint(0, 100) / 100
            spent[0] += cost
            budget.settle(reservation, cost)

    async def run() -> None:
        await asyncio.gather(*(spend(range(30)) for _ in range(16)))

    asyncio.run(run())
    assert Decimal(15_000) < spent[0] <= Decimal(20_000)

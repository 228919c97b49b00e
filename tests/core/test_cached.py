"""`cached`: whose result a call gets, how long it is kept, and in what form it is handed out."""

from __future__ import annotations

import array
import asyncio
import functools
import gc
import inspect
import os
import pickle
import threading
import time
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import InitVar, dataclass, field
from functools import partial
from typing import Any, NamedTuple

import anyio
import anyio.lowlevel
import pytest

import rp_core
from rp_core import amap, cached
from rp_core._flight import Flight
from support.arrays import needs_numpy, np

THREADS = 16


@cached
def module_level(number: int) -> int:
    """Double a number."""
    return number * 2


def counted(**options: Any) -> tuple[list[Any], Any]:
    calls: list[Any] = []

    @cached(**options)
    def fn(value: Any, other: Any = 1, *, third: Any = None) -> int:
        calls.append(value)
        return len(calls)

    return calls, fn


def test_every_spelling_of_a_call_is_one_entry() -> None:
    calls, fn = counted()

    assert {
        fn(1),
        fn(1, 1),
        fn(1, other=1),
        fn(value=1),
        fn(other=1, value=1),
        fn(1, third=None),
    } == {1}
    assert calls == [1]
    assert fn.cache_info()[:2] == (5, 1)


def test_a_wrong_call_fails_as_the_function_does() -> None:
    _, fn = counted()

    with pytest.raises(TypeError, match=r"fn\(\) missing 1 required positional argument: 'value'"):
        fn()
    with pytest.raises(TypeError, match="unexpected keyword argument 'nothing'"):
        fn(1, nothing=2)


def test_the_least_recently_used_goes_first() -> None:
    calls, fn = counted(maxsize=2)
    for value in (1, 2, 1, 3, 1, 2):
        fn(value)

    assert calls == [1, 2, 3, 2]
    assert fn.cache_info().currsize == 2


def test_maxsize_0_keeps_nothing_and_none_keeps_all() -> None:
    calls, fn = counted(maxsize=0)
    fn(1), fn(1)
    assert (len(calls), fn.cache_info().currsize) == (2, 0)

    calls, fn = counted(maxsize=None)
    for value in [*range(1000), *range(1000)]:
        fn(value)
    assert len(calls) == fn.cache_info().currsize == 1000


def test_bytes_bound_what_is_kept() -> None:
    @cached(max_bytes=3000)
    def fn(size: int) -> bytes:
        return bytes(size)

    for size in (1000, 1001, 1002, 5000):
        assert fn(size) == bytes(size)
    info = fn.cache_info()
    assert (info.currsize, info.max_bytes) == (2, 3000)
    assert 2000 < info.nbytes <= 3000
    fn(1001), fn(1002)
    assert fn.cache_info().hits == 2
    fn.cache_clear()
    assert fn.cache_info() == (0, 0, 128, 0, 3000, 0)


def test_a_result_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("rp_core._table.monotonic", lambda: now)
    calls, fn = counted(ttl=2.5)
    assert fn(1) == fn(1) == 1
    now = 102.4
    assert fn(1) == 1
    now = 102.5
    assert fn(1) == 2
    assert len(calls) == 2


def test_an_error_is_not_kept() -> None:
    calls: list[int] = []

    @cached(maxsize=2)
    def fails(number: int) -> int:
        calls.append(number)
        raise ValueError(number)

    for number in (1, 1, 2, 3, 4):
        with pytest.raises(ValueError):
            fails(number)
    assert calls == [1, 1, 2, 3, 4]
    assert fails.cache_info().currsize == 0


def test_one_call_can_be_forgotten() -> None:
    calls, fn = counted()
    fn(1), fn(2)
    fn.cache_discard(1, other=1)
    fn.cache_discard(77)
    fn(1), fn(2)
    assert calls == [1, 2, 1]


def test_the_function_itself_is_at_hand() -> None:
    assert module_level.uncached(4) == 8
    assert module_level.__wrapped__ is module_level.uncached  # type: ignore[attr-defined]
    assert (module_level.__name__, module_level.__doc__) == ("module_level", "Double a number.")
    assert str(inspect.signature(module_level)) == "(number: 'int') -> 'int'"


def test_a_cached_function_pickles_by_name() -> None:
    assert pickle.loads(pickle.dumps(module_level)) is module_level


def test_a_key_function_has_the_arguments_and_the_last_word() -> None:
    calls: list[str] = []

    @cached(key=lambda text, **_: text.lower())
    def fn(text: str, *, extra: object = None) -> str:
        calls.append(text)
        return text

    assert fn("A") == fn("a", extra=[{}, object]) == "A"
    assert calls == ["A"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"maxsize": -1}, ValueError),
        ({"maxsize": 1.5}, TypeError),
        ({"maxsize": True}, TypeError),
        ({"max_bytes": -1}, ValueError),
        ({"max_bytes": "1"}, TypeError),
        ({"ttl": 0}, ValueError),
        ({"ttl": -1}, ValueError),
        ({"ttl": "1"}, TypeError),
        ({"ttl": float("nan")}, ValueError),
        ({"key": 1}, TypeError),
        ({"copy": "deep"}, ValueError),
        ({"copy": 1}, ValueError),
    ],
)
def test_bad_options_are_refused_at_once(options: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="cached: "):
        cached(**options)


def test_what_gives_no_result_to_keep_is_refused() -> None:
    def generator() -> Iterator[int]:
        yield 1

    async def async_generator() -> AsyncIterator[int]:
        yield 1

    async def coroutine() -> int:
        return 1

    wrong: list[Any] = [generator, async_generator, 5]
    for fn in wrong:
        with pytest.raises(TypeError, match="cached: "):
            cached(fn)
    for give, words in ((coroutine, "make it a coroutine function"), (generator, "used up")):
        hidden: Any = cached(partial(call, give))
        with pytest.raises(TypeError, match=words):
            hidden()
    gc.collect()


def call(fn: Callable[[], Any]) -> Any:
    return fn()


def test_a_function_that_needs_its_own_result_is_an_error_and_no_deadlock() -> None:
    @cached
    def loop(number: int) -> int:
        return loop(number)

    @cached
    def fibonacci(number: int) -> int:
        return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)

    with pytest.raises(RuntimeError, match="needs its own result"):
        loop(1)
    assert fibonacci(60) == 1548008755920


def test_equality_that_calls_the_function_again_is_no_deadlock() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            return fn(0) == 0

        def __hash__(self) -> int:
            return 7

    @cached
    def fn(value: object) -> int:
        return 0

    assert fn(Odd()) == fn(Odd()) == 0


class TestMethods:
    def test_results_belong_to_the_instance_and_go_with_it(self) -> None:
        class Thing:
            __hash__ = None  # type: ignore[assignment]

            def __init__(self, factor: int) -> None:
                self.factor = factor
                self.calls = 0

            @cached
            def times(self, number: int = 1) -> list[int]:
                self.calls += 1
                return [self.factor * number]

        one, two = Thing(1), Thing(2)
        assert (one.times(5), two.times(5), one.times(number=5)) == ([5], [10], [5])
        assert (one.calls, two.calls) == (1, 1)
        one.times.cache_discard(5)
        assert (one.times(5), one.times.uncached(7), one.calls) == ([5], [7], 3)
        assert Thing.times(one, 5) == [5]
        assert one.calls == 3
        assert one.times.cache_info().currsize == 2
        gone = weakref.ref(one)
        del one
        gc.collect()
        assert gone() is None
        assert Thing.times.cache_info().currsize == 1

    def test_a_new_instance_at_an_old_address_has_no_results(self) -> None:
        class Thing:
            def __init__(self, number: int) -> None:
                self.number = number

            @cached
            def get(self) -> int:
                return self.number

        assert [Thing(number).get() for number in range(200)] == list(range(200))

    def test_values_without_weak_references_count_by_equality(self) -> None:
        calls: list[int] = []

        class Point(tuple[int, int]):
            __slots__ = ()

            @cached
            def total(self) -> int:
                calls.append(self[0])
                return sum(self)

        assert [Point((1, 2)).total(), Point((1, 2)).total(), Point((2, 2)).total()] == [3, 3, 4]
        assert calls == [1, 2]

    def test_static_and_class_methods(self) -> None:
        class Thing:
            @staticmethod
            @cached
            def static(number: int) -> int:
                return number

            @classmethod
            @cached
            def of_class(cls, number: int) -> tuple[type, int]:
                return cls, number

        class Other(Thing):
            pass

        thing: Any = Thing  # checkers do not look through two decorators
        other: Any = Other
        assert thing.static(3) == thing().static(3) == 3
        assert thing.of_class(1) == (Thing, 1)
        assert other.of_class(1) == other().of_class(1) == (Other, 1)

    async def test_coroutine_methods(self, anyio_backend: object) -> None:
        class Thing:
            calls = 0

            @cached
            async def get(self, number: int) -> int:
                await anyio.lowlevel.checkpoint()
                self.calls += 1
                return number

        thing = Thing()
        assert [await thing.get(1), await thing.get(number=1), await thing.get(2)] == [1, 1, 2]
        assert thing.calls == 2


class TestBinding:
    @needs_numpy
    def test_a_static_method_counts_arrays_by_contents(self) -> None:
        class Sums:
            @staticmethod
            @cached
            def inner(values: Any) -> float:
                return float(values.sum())

            @cached
            @staticmethod
            def outer(values: Any) -> float:
                return float(values.sum())

        values = np.zeros(3)
        ways: list[Any] = [Sums.inner, Sums.outer, Sums().inner, Sums().outer]
        for sums in ways:
            values[:] = 0
            assert sums(values) == sums(values=values) == 0
            values[:] = 1
            assert sums(values) == sums(values=values) == 3

    def test_what_is_not_called_through_an_instance_is_no_method(self) -> None:
        class Outer:
            base = 10

            class Inner:
                def __init__(self, x: int) -> None:
                    self.x = x

            def add(self, value: list[int]) -> int:
                return self.base + sum(value)

            def nothing(self) -> int:
                return self.base

        add, value = cached(Outer().add), [1]
        assert add(value) == add(value=value) == 11
        value.append(2)
        assert add(value) == 13
        assert cached(Outer().nothing)() == 10
        assert cached(Outer.Inner)(x=3).x == 3
        assert cached(int.from_bytes)(bytes=b"\1", byteorder="big") == 1

    def test_a_function_that_becomes_a_method_later_belongs_to_the_instance(self) -> None:
        class Counter:
            count = 0

        def bump(self: Counter, step: int = 1) -> int:
            self.count += step
            return self.count

        Counter.bump = cached(bump)  # type: ignore[attr-defined]
        first, second = Counter(), Counter()
        assert [first.bump(), first.bump(step=1), second.bump(2)] == [1, 1, 2]  # type: ignore[attr-defined]
        gone = weakref.ref(first)
        del first
        gc.collect()
        assert gone() is None

    async def test_a_static_coroutine_function_is_one(self) -> None:
        class Sums:
            @cached
            @staticmethod
            async def add(one: int, two: int = 1) -> int:
                return one + two

        sums: list[Any] = [Sums, Sums()]
        assert [await each.add(one=1) for each in sums] == [2, 2]

    def test_a_bound_method_compares_and_names_itself_as_one(self) -> None:
        class Thing:
            @cached
            def method(self) -> int:
                return 1

        thing, other = Thing(), Thing()
        assert thing.method == thing.method != other.method
        assert len({thing.method, thing.method, other.method}) == 2
        assert thing.method.__qualname__.endswith("Thing.method")

    def test_a_bound_method_pickles_with_its_instance(self) -> None:
        assert pickle.loads(pickle.dumps(Pickled(3).double))() == 6

    def test_slots_without_weak_references_count_by_value(self) -> None:
        @dataclass(slots=True)
        class Slots:
            x: Any

            @cached
            def text(self) -> str:
                return str(self.x)

        assert [Slots(value).text() for value in (1, 1.0, True, 1)] == ["1", "1.0", "True", "1"]


@dataclass
class Pickled:
    """An instance that pickles, as tests of processes need it."""

    number: int

    __hash__ = object.__hash__

    @cached
    def double(self) -> int:
        """Double the number."""
        return self.number * 2


def test_a_wrapper_has_the_parameters_it_has_and_not_those_it_shows() -> None:
    def wrapper_of(fn: Callable[..., str]) -> Callable[..., str]:
        @functools.wraps(fn)
        def wrapper(*args: Any, mode: str = "fast", tries: int = 1, **options: Any) -> str:
            return fn(*args, mode=mode * tries, **options)

        return wrapper

    @cached
    @wrapper_of
    def run(value: int, mode: str = "slow") -> str:
        return mode

    assert [run(1), run(1, mode="slow"), run(1, tries=2)] == ["fast", "slow", "fastfast"]


def test_what_has_landed_late_is_neither_stale_nor_computed_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, weighing, cleared = [], threading.Event(), threading.Event()

    @cached(max_bytes=10**6)
    def fn() -> int:
        calls.append(1)
        return len(calls)

    def slow_size(_: Any) -> int:
        weighing.set()
        assert cleared.wait(10)
        return 10

    monkeypatch.setattr("rp_core._table.size_of", slow_size)
    leader = threading.Thread(target=fn)
    leader.start()
    assert weighing.wait(10)
    follower = threading.Thread(target=fn)
    follower.start()
    time.sleep(0.02)
    assert calls == [1]
    fn.cache_clear()
    cleared.set()
    leader.join()
    follower.join()
    assert fn() == 2


@pytest.mark.parametrize("iterate", [iter, partial(map, str), enumerate])
def test_an_iterator_is_no_result_to_keep(iterate: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="used up"):
        cached(lambda: iterate([1, 2]))()


def test_the_bytes_bound_sees_into_objects() -> None:
    class Holder:
        def __init__(self, held: Any) -> None:
            self.held = held
            self.itself = self

    @cached(max_bytes=10_000, copy=False)
    def holder(kind: Callable[[Any], Any]) -> Holder:
        return Holder(kind([bytes(20_000)]))

    for kind in (list, deque, tuple):
        holder(kind)
    assert holder.cache_info().currsize == 0

    shared = bytes(5000)
    many = cached(max_bytes=20_000)(lambda: [shared] * 100)
    many()
    assert many.cache_info().currsize == 1


@needs_numpy
class TestCopies:
    def test_a_copy_is_ours_alone(self) -> None:
        shared = np.zeros(3)

        @cached
        def arrays() -> Any:
            return {"a": shared, "list": [shared], "b": bytearray(b"x")}

        first = arrays()
        first["a"][:] = 9
        first["list"].append(1)
        first["b"][0] = 0
        second = arrays()
        assert second["a"].tolist() == [0, 0, 0]
        assert (len(second["list"]), second["b"]) == (1, bytearray(b"x"))
        second["a"][:] = 7
        assert arrays()["a"].tolist() == [0, 0, 0]

    def test_a_view_cannot_be_opened_to_writing(self) -> None:
        @cached(copy="readonly")
        def array() -> Any:
            return np.arange(6.0).reshape(2, 3)

        for view in (array(), array()):
            assert view.tolist() == [[0, 1, 2], [3, 4, 5]]
            with pytest.raises(ValueError, match="read-only"):
                view[0, 0] = 9
            while view is not None:
                with pytest.raises((ValueError, AttributeError)):
                    view.flags.writeable = True
                view = getattr(view, "base", None)  # noqa: PLW2901

    def test_copy_false_is_the_very_object(self) -> None:
        kept = np.zeros(3)

        @cached(copy=False)
        def array() -> Any:
            return kept

        assert array() is array() is kept

    def test_a_small_part_of_a_large_array_does_not_keep_it(self) -> None:
        big = [np.zeros(10**6)]
        gone = weakref.ref(big[0])

        @cached(copy="readonly", max_bytes=1000)
        def part() -> Any:
            return big[0][:3]

        assert part().shape == part().shape == (3,)
        assert part.cache_info()[:2] == (1, 1)
        big.clear()
        gc.collect()
        assert gone() is None

    def test_records_and_tuples_are_rebuilt_around_their_arrays(self) -> None:
        @dataclass(frozen=True)
        class Sound:
            samples: Any
            rate: int

        class Pair(NamedTuple):
            left: Any
            right: int

        @cached
        def sounds() -> Any:
            return Sound(np.zeros(2), 5), Pair(np.zeros(2), 1), ("plain", 1)

        sound, pair, _ = sounds()
        sound.samples[:] = pair.left[:] = 9
        again, pair, plain = sounds()
        assert (again.samples.tolist(), again.rate, type(pair).__name__) == ([0, 0], 5, "Pair")
        assert pair.left.tolist() == [0, 0]
        assert plain == ("plain", 1)

    @pytest.mark.parametrize("kind", ["O", "U3", "M8[ns]", "i4,f8", "?"])
    @pytest.mark.parametrize("copy", [True, "readonly"])
    def test_every_kind_of_array_comes_back_as_it_was(self, kind: str, copy: Any) -> None:
        for shape in ((), (0,), (2, 3), (0, 4)):
            wanted = np.zeros(shape, kind)
            give = cached(copy=copy)(partial(copy_of, wanted))
            for got in (give(), give()):
                assert (got.dtype, got.shape) == (wanted.dtype, shape)
                assert got.tolist() == wanted.tolist()


def copy_of(array: Any) -> Any:
    return array.copy()


@dataclass
class Record:
    """A dataclass that dislikes being made anew."""

    start: InitVar[int]
    double: int = field(init=False)
    log: list[str] = field(init=False, default_factory=list)
    parent: Record | None = None

    def __post_init__(self, start: int) -> None:
        self.double = start * 2


class TestRecords:
    def test_a_record_is_copied_without_being_made_anew(self) -> None:
        @cached
        def record() -> Record:
            made = Record(1)
            made.log.append("made")
            made.parent = made
            made.extra = "kept"  # type: ignore[attr-defined]
            return made

        for _ in range(3):
            got = record()
            assert (got.double, got.log, got.extra) == (2, ["made"], "kept")  # type: ignore[attr-defined]
            assert got.parent is got
            got.log.append("ours")

    def test_standard_containers_are_copied(self) -> None:
        make: dict[str, Callable[[], Any]] = {
            "counter": lambda: Counter("aab"),
            "ordered": lambda: OrderedDict(a=[1]),
            "default": lambda: defaultdict(list, a=[1]),
            "deque": lambda: deque([[1]], maxlen=3),
            "array": lambda: array.array("i", [1]),
        }
        fn = cached(lambda name: make[name]())
        for name, fresh in make.items():
            got = fn(name)
            assert got == fresh()
            if name == "array":
                got[0] = 9
            elif name == "counter":
                got["a"] = 9
            else:
                got[0 if name == "deque" else "a"].append(9)
            again = fn(name)
            assert (again, type(again)) == (fresh(), type(got))
        assert fn("deque").maxlen == 3

    def test_shared_and_circular_data_stay_so(self) -> None:
        @cached
        def circle() -> list[Any]:
            data: list[Any] = [[1]]
            for _ in range(60):
                data = [data, data]
            data.append(data)
            return data

        circle()
        got = circle()
        assert got[2] is got
        assert got[0] is got[1]


class TestFlights:
    def test_threads_that_ask_at_once_share_one_computation(self) -> None:
        entered, gate, calls = threading.Event(), threading.Event(), []

        @cached
        def slow(number: int) -> int:
            calls.append(number)
            entered.set()
            assert gate.wait(10)
            return number

        with waiting(slow, THREADS) as (results, followers):
            assert entered.wait(10)
            followers(THREADS - 1)
            gate.set()
        assert results == [1] * THREADS
        assert calls == [1]

    def test_followers_share_the_error_of_their_leader(self) -> None:
        entered, gate, calls = threading.Event(), threading.Event(), []

        @cached
        def fails(number: int) -> int:
            calls.append(number)
            entered.set()
            assert gate.wait(10)
            raise ValueError("no")

        with waiting(fails, 5) as (results, followers):
            assert entered.wait(10)
            followers(4)
            gate.set()
        assert [type(result) for result in results] == [ValueError] * 5
        assert len(calls) == 1

    def test_an_interrupted_leader_is_replaced(self) -> None:
        entered, gate, calls = threading.Event(), threading.Event(), []

        @cached
        def fn(number: int) -> int:
            calls.append(number)
            if len(calls) == 1:
                entered.set()
                assert gate.wait(10)
                raise KeyboardInterrupt
            return number

        with waiting(fn, 3) as (results, followers):
            assert entered.wait(10)
            followers(2)
            gate.set()
        assert sorted(map(str, results)) == ["", "1", "1"]
        assert len(calls) == 2

    @pytest.mark.parametrize("how", ["clear", "discard"])
    def test_what_is_forgotten_while_it_is_computed_is_not_kept(self, how: str) -> None:
        calls: list[int] = []

        @cached
        def fn(number: int) -> int:
            calls.append(number)
            if len(calls) == 1:
                fn.cache_clear() if how == "clear" else fn.cache_discard(number)
            return len(calls)

        assert [fn(1), fn(1), fn(1)] == [1, 2, 2]

    async def test_tasks_share_and_a_cancelled_leader_is_replaced(self, anyio_backend: Any) -> None:
        calls: list[int] = []
        gate = anyio.Event()

        @cached
        async def slow(number: int) -> int:
            calls.append(number)
            await gate.wait()
            return number

        results: list[int] = []

        async def follow() -> None:
            results.append(await slow(1))

        async with anyio.create_task_group() as tasks:
            leader = anyio.CancelScope()

            async def lead() -> None:
                with leader:
                    await slow(1)

            tasks.start_soon(lead)
            await anyio.wait_all_tasks_blocked()
            for _ in range(5):
                tasks.start_soon(follow)
            await anyio.wait_all_tasks_blocked()
            leader.cancel()
            with anyio.fail_after(10):
                while len(calls) < 2:
                    await anyio.lowlevel.checkpoint()
            gate.set()
        assert results == [1] * 5
        assert calls == [1, 1]
        assert slow.cache_info().currsize == 1

    async def test_a_cancelled_follower_disturbs_nobody(self, anyio_backend: Any) -> None:
        gate = anyio.Event()

        @cached
        async def slow() -> int:
            await gate.wait()
            return 1

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(slow)
            await anyio.wait_all_tasks_blocked()
            with anyio.move_on_after(0.01) as scope:
                await slow()
            assert scope.cancelled_caught
            gate.set()
        assert slow.cache_info()[:2] == (0, 2)
        assert await slow() == 1

    async def test_a_task_that_needs_its_own_result_is_an_error(self, anyio_backend: Any) -> None:
        @cached
        async def loop(number: int) -> int:
            return await loop(number)

        with pytest.raises(RuntimeError, match="needs its own result"):
            await loop(1)

    async def test_eviction_leaves_what_is_under_way_alone(self, anyio_backend: Any) -> None:
        calls: list[int] = []

        @cached(maxsize=1)
        async def fn(number: int) -> int:
            calls.append(number)
            await anyio.sleep(0.01)
            return number

        assert await amap(fn, [1, 2, 1, 2, 1, 2], limit=6) == [1, 2, 1, 2, 1, 2]
        assert sorted(calls) == [1, 2]
        assert fn.cache_info().currsize == 1

    def test_loops_in_several_threads_share_one_computation(self) -> None:
        entered, gate, calls = threading.Event(), threading.Event(), []

        @cached
        async def slow(number: int) -> int:
            calls.append(number)
            entered.set()
            while not gate.is_set():
                await asyncio.sleep(0.001)
            return number

        with waiting(lambda number: asyncio.run(slow(number)), 4) as (results, followers):
            assert entered.wait(10)
            followers(3)
            gate.set()
        assert results == [1] * 4
        assert calls == [1]

    def test_results_outlive_their_loop(self) -> None:
        calls: list[int] = []

        @cached
        async def fn(number: int) -> int:
            calls.append(number)
            return number

        assert [asyncio.run(fn(1)), asyncio.run(fn(1))] == [1, 1]
        assert calls == [1]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    def test_a_forked_child_does_not_wait_for_a_thread_of_its_parent(self) -> None:
        entered, gate = threading.Event(), threading.Event()

        @cached
        def slow(number: int) -> int:
            if threading.current_thread() is not threading.main_thread():
                entered.set()
                assert gate.wait(10)
            return number

        thread = threading.Thread(target=slow, args=(1,))
        thread.start()
        assert entered.wait(10)
        child = os.fork()
        if not child:
            os._exit(slow(1) - 1)
        gate.set()
        thread.join()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class waiting:  # noqa: N801
    """Call a function in several threads; wait for followers; collect what they get."""

    def __init__(self, fn: Callable[[int], Any], threads: int) -> None:
        self.results: list[Any] = []
        self.threads = [threading.Thread(target=self.call, args=(fn,)) for _ in range(threads)]
        self.followers = 0
        self.patch = pytest.MonkeyPatch()

    def call(self, fn: Callable[[int], Any]) -> None:
        try:
            self.results.append(fn(1))
        except BaseException as error:
            self.results.append(error)

    def __enter__(self) -> tuple[list[Any], Callable[[int], None]]:
        when_landed, arrived = Flight._when_landed, threading.Semaphore(0)

        def counting(flight: Flight, waker: Any) -> None:
            when_landed(flight, waker)
            arrived.release()

        self.patch.setattr(Flight, "_when_landed", counting)
        for thread in self.threads:
            thread.start()

        def followers(count: int) -> None:
            assert all(arrived.acquire(timeout=10) for _ in range(count))

        return self.results, followers

    def __exit__(self, *_: object) -> None:
        self.patch.undo()
        for thread in self.threads:
            thread.join(20)


async def test_a_cached_coroutine_function_is_one_to_amap(anyio_backend: object) -> None:
    @cached
    async def double(number: int) -> int:
        await anyio.lowlevel.checkpoint()
        return number * 2

    assert await amap(double, [1, 2, 1]) == [2, 4, 2]
    assert await amap(partial(double), [1]) == [2]


def test_importing_cached_loads_neither_an_event_loop_nor_numpy(run_python: Any) -> None:
    script = "from rp_core import cached; f = cached(abs); f(-1); import sys; print(*sys.modules)"
    loaded = run_python(script).stdout.split()
    assert "rp_core._cache" in loaded
    assert {"asyncio", "anyio", "numpy", "trio"}.isdisjoint(loaded)
    assert rp_core.cached is cached

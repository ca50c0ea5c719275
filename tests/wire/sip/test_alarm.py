"""Alarms: what rings, when, and in which order."""

from unifax.wire.sip.alarm import Alarms


def test_alarms_ring_in_their_order_once() -> None:
    alarms, rung = Alarms(), list[tuple[str, float]]()
    alarms.set("b", 2.0, lambda now: rung.append(("b", now)))
    alarms.set("a", 1.0, lambda now: rung.append(("a", now)))
    alarms.set("c", 9.0, lambda now: rung.append(("c", now)))
    assert alarms.next() == 1.0
    alarms.ring(5.0)
    assert rung == [("a", 5.0), ("b", 5.0)]
    assert alarms.next() == 9.0
    assert len(alarms) == 1


def test_an_alarm_set_anew_or_cancelled_does_not_ring() -> None:
    alarms, rung = Alarms(), list[float]()
    alarms.set("a", 1.0, rung.append)
    alarms.set("a", 3.0, rung.append)
    alarms.set("b", 2.0, rung.append)
    alarms.cancel("b")
    alarms.cancel("never set")
    assert alarms.next() == 3.0
    alarms.ring(2.5)
    assert rung == []
    alarms.ring(3.0)
    assert rung == [3.0]
    assert alarms.next() is None
    assert "a" not in alarms


def test_an_alarm_may_set_the_next() -> None:
    alarms, rung = Alarms(), list[float]()

    def again(now: float) -> None:
        rung.append(now)
        if len(rung) < 3:
            alarms.set("a", now, again)

    alarms.set("a", 1.0, again)
    alarms.ring(1.0)
    assert rung == [1.0, 1.0, 1.0]

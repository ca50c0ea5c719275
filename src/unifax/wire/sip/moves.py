"""The four transaction machines of RFC 3261 17 with RFC 6026, as literal tables: what a transaction does is all here.

Knows no message; `transaction` carries it out.
"""

from collections.abc import Mapping
from enum import StrEnum

T1, T2, T4 = 0.5, 4.0, 5.0
"Round trip, longest pause between repetitions, longest life of a message in the network, in seconds (17.1.1.1)."


class Kind(StrEnum):
    INVITE_CLIENT = "INVITE client"
    CLIENT = "client"
    INVITE_SERVER = "INVITE server"
    SERVER = "server"


class State(StrEnum):
    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Sign(StrEnum):
    """What can happen to a transaction."""

    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx to 6xx"
    "From the network to a client, from us to a server."
    REQUEST = "request again"
    ACK = "ACK"
    ABANDON = "abandon"
    "Its owner no longer waits for an answer (RFC 3261 9.1, last paragraph)."
    BROKEN = "connection broken"
    TIMER_A = "A"
    TIMER_B = "B"
    TIMER_D = "D"
    TIMER_E = "E"
    TIMER_F = "F"
    TIMER_G = "G"
    TIMER_H = "H"
    TIMER_I = "I"
    TIMER_J = "J"
    TIMER_K = "K"
    TIMER_L = "L"
    TIMER_M = "M"


class Act(StrEnum):
    """What a transaction does on its way."""

    REPEAT = "repeat"
    "Send again what was sent last, if anything was."
    SEND = "send"
    "Send the response that we were given, and keep it for repetition."
    ACK = "ack"
    "Acknowledge the failure that came (17.1.1.3)."
    TELL = "tell"
    "Hand the response that came to the owner."
    TIME_OUT = "time out"
    "Tell the owner that nobody answers."
    FAIL = "fail"
    "Tell the owner that there is no way there: 503 (8.1.3.1)."


K, S, N, A = Kind, State, Sign, Act

MOVES: Mapping[tuple[Kind, State, Sign], tuple[State, tuple[Act, ...]]] = {
    # RFC 3261 figure 5, with RFC 6026 8.4
    (K.INVITE_CLIENT, S.CALLING, N.TIMER_A): (S.CALLING, (A.REPEAT,)),
    (K.INVITE_CLIENT, S.CALLING, N.TIMER_B): (S.TERMINATED, (A.TIME_OUT,)),
    (K.INVITE_CLIENT, S.CALLING, N.PROVISIONAL): (S.PROCEEDING, (A.TELL,)),
    (K.INVITE_CLIENT, S.CALLING, N.SUCCESS): (S.ACCEPTED, (A.TELL,)),
    (K.INVITE_CLIENT, S.CALLING, N.FAILURE): (S.COMPLETED, (A.ACK, A.TELL)),
    (K.INVITE_CLIENT, S.CALLING, N.ABANDON): (S.TERMINATED, ()),
    (K.INVITE_CLIENT, S.CALLING, N.BROKEN): (S.TERMINATED, (A.FAIL,)),
    # Not in PROCEEDING: the final answer may come on a connection of theirs (18.2.2).
    (K.INVITE_CLIENT, S.PROCEEDING, N.PROVISIONAL): (S.PROCEEDING, (A.TELL,)),
    (K.INVITE_CLIENT, S.PROCEEDING, N.SUCCESS): (S.ACCEPTED, (A.TELL,)),
    (K.INVITE_CLIENT, S.PROCEEDING, N.FAILURE): (S.COMPLETED, (A.ACK, A.TELL)),
    (K.INVITE_CLIENT, S.PROCEEDING, N.ABANDON): (S.TERMINATED, ()),
    (K.INVITE_CLIENT, S.ACCEPTED, N.SUCCESS): (S.ACCEPTED, (A.TELL,)),
    (K.INVITE_CLIENT, S.ACCEPTED, N.TIMER_M): (S.TERMINATED, ()),
    (K.INVITE_CLIENT, S.COMPLETED, N.FAILURE): (S.COMPLETED, (A.ACK,)),
    (K.INVITE_CLIENT, S.COMPLETED, N.TIMER_D): (S.TERMINATED, ()),
    # RFC 3261 figure 6
    (K.CLIENT, S.TRYING, N.TIMER_E): (S.TRYING, (A.REPEAT,)),
    (K.CLIENT, S.TRYING, N.TIMER_F): (S.TERMINATED, (A.TIME_OUT,)),
    (K.CLIENT, S.TRYING, N.PROVISIONAL): (S.PROCEEDING, (A.TELL,)),
    (K.CLIENT, S.TRYING, N.SUCCESS): (S.COMPLETED, (A.TELL,)),
    (K.CLIENT, S.TRYING, N.FAILURE): (S.COMPLETED, (A.TELL,)),
    (K.CLIENT, S.TRYING, N.BROKEN): (S.TERMINATED, (A.FAIL,)),
    (K.CLIENT, S.PROCEEDING, N.BROKEN): (S.TERMINATED, (A.FAIL,)),
    (K.CLIENT, S.PROCEEDING, N.TIMER_E): (S.PROCEEDING, (A.REPEAT,)),
    (K.CLIENT, S.PROCEEDING, N.TIMER_F): (S.TERMINATED, (A.TIME_OUT,)),
    (K.CLIENT, S.PROCEEDING, N.PROVISIONAL): (S.PROCEEDING, (A.TELL,)),
    (K.CLIENT, S.PROCEEDING, N.SUCCESS): (S.COMPLETED, (A.TELL,)),
    (K.CLIENT, S.PROCEEDING, N.FAILURE): (S.COMPLETED, (A.TELL,)),
    (K.CLIENT, S.COMPLETED, N.TIMER_K): (S.TERMINATED, ()),
    # RFC 3261 figure 7, with RFC 6026 8.5: in ACCEPTED the owner repeats the 2xx, until the ACK comes to it
    (K.INVITE_SERVER, S.PROCEEDING, N.REQUEST): (S.PROCEEDING, (A.REPEAT,)),
    (K.INVITE_SERVER, S.PROCEEDING, N.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (K.INVITE_SERVER, S.PROCEEDING, N.SUCCESS): (S.ACCEPTED, (A.SEND,)),
    (K.INVITE_SERVER, S.PROCEEDING, N.FAILURE): (S.COMPLETED, (A.SEND,)),
    (K.INVITE_SERVER, S.ACCEPTED, N.REQUEST): (S.ACCEPTED, ()),
    (K.INVITE_SERVER, S.ACCEPTED, N.SUCCESS): (S.ACCEPTED, (A.SEND,)),
    (K.INVITE_SERVER, S.ACCEPTED, N.TIMER_L): (S.TERMINATED, ()),
    (K.INVITE_SERVER, S.COMPLETED, N.REQUEST): (S.COMPLETED, (A.REPEAT,)),
    (K.INVITE_SERVER, S.COMPLETED, N.TIMER_G): (S.COMPLETED, (A.REPEAT,)),
    (K.INVITE_SERVER, S.COMPLETED, N.TIMER_H): (S.TERMINATED, ()),
    (K.INVITE_SERVER, S.COMPLETED, N.ACK): (S.CONFIRMED, ()),
    (K.INVITE_SERVER, S.CONFIRMED, N.TIMER_I): (S.TERMINATED, ()),
    # RFC 3261 figure 8
    (K.SERVER, S.TRYING, N.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (K.SERVER, S.TRYING, N.SUCCESS): (S.COMPLETED, (A.SEND,)),
    (K.SERVER, S.TRYING, N.FAILURE): (S.COMPLETED, (A.SEND,)),
    (K.SERVER, S.PROCEEDING, N.REQUEST): (S.PROCEEDING, (A.REPEAT,)),
    (K.SERVER, S.PROCEEDING, N.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
    (K.SERVER, S.PROCEEDING, N.SUCCESS): (S.COMPLETED, (A.SEND,)),
    (K.SERVER, S.PROCEEDING, N.FAILURE): (S.COMPLETED, (A.SEND,)),
    (K.SERVER, S.COMPLETED, N.REQUEST): (S.COMPLETED, (A.REPEAT,)),
    (K.SERVER, S.COMPLETED, N.TIMER_J): (S.TERMINATED, ()),
}
"A sign that is not here is absorbed: that is what transactions are for."

FIRST: Mapping[Kind, State] = {
    K.INVITE_CLIENT: S.CALLING,
    K.CLIENT: S.TRYING,
    K.INVITE_SERVER: S.PROCEEDING,
    K.SERVER: S.TRYING,
}

TIMERS: Mapping[tuple[Kind, State], tuple[Sign, ...]] = {
    (K.INVITE_CLIENT, S.CALLING): (N.TIMER_A, N.TIMER_B),
    (K.INVITE_CLIENT, S.ACCEPTED): (N.TIMER_M,),
    (K.INVITE_CLIENT, S.COMPLETED): (N.TIMER_D,),
    (K.CLIENT, S.TRYING): (N.TIMER_E, N.TIMER_F),
    (K.CLIENT, S.PROCEEDING): (N.TIMER_E, N.TIMER_F),
    (K.CLIENT, S.COMPLETED): (N.TIMER_K,),
    (K.INVITE_SERVER, S.ACCEPTED): (N.TIMER_L,),
    (K.INVITE_SERVER, S.COMPLETED): (N.TIMER_G, N.TIMER_H),
    (K.INVITE_SERVER, S.CONFIRMED): (N.TIMER_I,),
    (K.SERVER, S.COMPLETED): (N.TIMER_J,),
}
"The timers that run in a state. Entering it starts those that do not run yet, and stops the others."

SECONDS: Mapping[Sign, float] = {
    N.TIMER_A: T1,
    N.TIMER_B: 64 * T1,
    N.TIMER_D: 32.0,
    N.TIMER_E: T1,
    N.TIMER_F: 64 * T1,
    N.TIMER_G: T1,
    N.TIMER_H: 64 * T1,
    N.TIMER_I: T4,
    N.TIMER_J: 64 * T1,
    N.TIMER_K: T4,
    N.TIMER_L: 64 * T1,
    N.TIMER_M: 64 * T1,
}
"How long each runs at first (RFC 3261 table 4, RFC 6026 8.4), over UDP."

UNRELIABLE_ONLY = frozenset({N.TIMER_A, N.TIMER_E, N.TIMER_G})
"Over TCP and TLS nothing is repeated, …"
AT_ONCE = frozenset({N.TIMER_D, N.TIMER_I, N.TIMER_J, N.TIMER_K})
"… and there is no waiting for repetitions (RFC 3261 table 4)."

LONGEST: Mapping[Sign, float] = {N.TIMER_A: 64 * T1, N.TIMER_E: T2, N.TIMER_G: T2}
"The timers that start again, twice as long each time, up to this."

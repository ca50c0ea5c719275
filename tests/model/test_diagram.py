"""A transcript for the eyes."""

from unifax.model.diagram import diagram
from unifax.model.transcript import Entry, Layer, Way


def test_a_call_is_a_ladder_and_then_its_messages() -> None:
    shown = diagram(
        [
            Entry(0.0, Layer.CALL, None, "now dialling"),
            Entry(0.001, Layer.SIP, Way.OUT, "INVITE sip:7778888@192.0.2.1\nTo: <sip:7778888@192.0.2.1>\n\nv=0"),
            Entry(12.04, Layer.SIP, Way.IN, "486 Busy Here\nRetry-After: 60"),
            Entry(20.0, Layer.T30, Way.IN, "DIS: what the called machine can do"),
            Entry(21.0, Layer.MEDIA, Way.IN, "lost 2"),
            Entry(21.5, Layer.CALL, None, "result: busy\nbecause: SIP 486"),
        ]
    )
    assert shown == (
        "   seconds  Unifax                                                            far side\n"
        "            SIP --->   T.30 ===>   lost and found on the way ...>\n"
        "\n"
        "     0.000  |  now dialling\n"
        "     0.001  |-- INVITE sip:7778888@192.0.2.1 --------------------------------------->|\n"
        "    12.040  |<-- 486 Busy Here ------------------------------------------------------|\n"
        "    20.000  |<== DIS: what the called machine can do ================================|\n"
        "    21.000  |<.. lost 2 .............................................................|\n"
        "    21.500  |  result: busy\n"
        "            |  because: SIP 486\n"
        "\n"
        "0.001 > INVITE sip:7778888@192.0.2.1\n"
        "To: <sip:7778888@192.0.2.1>\n"
        "\n"
        "v=0\n"
        "\n"
        "12.040 < 486 Busy Here\n"
        "Retry-After: 60\n"
    )


def test_what_is_too_long_for_an_arrow_goes_on_below_it() -> None:
    long = "DIS: what the called machine can do: V.27ter, V.29, V.17, error correction, MR, MMR, fine"
    lines = diagram([Entry(0.0, Layer.T30, Way.IN, long), Entry(0.0, Layer.T30, Way.OUT, "7" * 100)]).split("\n")
    assert lines[3:7] == [
        "     0.000  |<== DIS: what the called machine can do: V.27ter, V.29, V.17, error ====|",
        "            |    correction, MR, MMR, fine",
        f"     0.000  |== {'7' * 64} ===>|",
        f"            |    {'7' * 36}",
    ]

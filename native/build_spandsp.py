"""Builds `unifax.wire._spandsp`, the media of a call in C, for cffi (API mode): libspandsp 0.0.6 and our journal of it,
RTP with its jitter buffer, UDPTL.

API mode, because the compiler reads the library's own headers: in libspandsp 3 the counters have other fields, and a
module that guessed their layout would read the wrong ones. Linked dynamically: libspandsp is LGPL.
"""

from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent

NUMBERS = """
T30_ERR_OK T30_ERR_CEDTONE T30_ERR_T0_EXPIRED T30_ERR_T1_EXPIRED T30_ERR_T3_EXPIRED T30_ERR_HDLC_CARRIER
T30_ERR_CANNOT_TRAIN T30_ERR_OPER_INT_FAIL T30_ERR_INCOMPATIBLE T30_ERR_RX_INCAPABLE T30_ERR_TX_INCAPABLE
T30_ERR_NORESSUPPORT T30_ERR_NOSIZESUPPORT T30_ERR_UNEXPECTED T30_ERR_TX_BADDCS T30_ERR_TX_BADPG T30_ERR_TX_ECMPHD
T30_ERR_TX_GOTDCN T30_ERR_TX_INVALRSP T30_ERR_TX_NODIS T30_ERR_TX_PHBDEAD T30_ERR_TX_PHDDEAD T30_ERR_TX_T5EXP
T30_ERR_RX_ECMPHD T30_ERR_RX_GOTDCS T30_ERR_RX_INVALCMD T30_ERR_RX_NOCARRIER T30_ERR_RX_NOEOL T30_ERR_RX_NOFAX
T30_ERR_RX_T2EXPDCN T30_ERR_RX_T2EXPD T30_ERR_RX_T2EXPFAX T30_ERR_RX_T2EXPMPS T30_ERR_RX_T2EXPRR T30_ERR_RX_T2EXP
T30_ERR_RX_DCNWHY T30_ERR_RX_DCNDATA T30_ERR_RX_DCNFAX T30_ERR_RX_DCNPHD T30_ERR_RX_DCNRRD T30_ERR_RX_DCNNORTN
T30_ERR_FILEERROR T30_ERR_NOPAGE T30_ERR_BADTIFF T30_ERR_BADPAGE T30_ERR_BADTAG T30_ERR_BADTIFFHDR T30_ERR_NOMEM
T30_ERR_RETRYDCN T30_ERR_CALLDROPPED T30_ERR_NOPOLL T30_ERR_IDENT_UNACCEPTABLE T30_ERR_SUB_UNACCEPTABLE
T30_ERR_SEP_UNACCEPTABLE T30_ERR_PSA_UNACCEPTABLE T30_ERR_SID_UNACCEPTABLE T30_ERR_PWD_UNACCEPTABLE
T30_ERR_TSA_UNACCEPTABLE T30_ERR_IRA_UNACCEPTABLE T30_ERR_CIA_UNACCEPTABLE T30_ERR_ISP_UNACCEPTABLE
T30_ERR_CSA_UNACCEPTABLE
T30_DIS T30_DTC T30_DCS T30_CFR T30_EOM T30_MPS T30_EOP T30_PRI_EOM T30_PRI_MPS T30_PRI_EOP T30_PPS T30_EOR T30_NULL
T30_MCF T30_RTP T30_RTN T30_PIP T30_PIN T30_PPR T30_DCN
T30_SUPPORT_V27TER T30_SUPPORT_V29 T30_SUPPORT_V17
T30_SUPPORT_T4_1D_COMPRESSION T30_SUPPORT_T4_2D_COMPRESSION T30_SUPPORT_T6_COMPRESSION
T30_SUPPORT_STANDARD_RESOLUTION T30_SUPPORT_FINE_RESOLUTION T30_SUPPORT_SUPERFINE_RESOLUTION
T30_SUPPORT_R8_RESOLUTION T30_SUPPORT_R16_RESOLUTION T30_SUPPORT_300_300_RESOLUTION T30_SUPPORT_400_400_RESOLUTION
T30_SUPPORT_215MM_WIDTH T30_SUPPORT_255MM_WIDTH T30_SUPPORT_303MM_WIDTH
T30_SUPPORT_UNLIMITED_LENGTH T30_SUPPORT_A4_LENGTH T30_SUPPORT_B4_LENGTH T30_SUPPORT_US_LETTER_LENGTH
T30_SUPPORT_US_LEGAL_LENGTH
T4_COMPRESSION_ITU_T4_1D T4_COMPRESSION_ITU_T4_2D T4_COMPRESSION_ITU_T6
"""


HEADERS = (
    "g711.h",
    "jitter.h",
    "rtp.h",
    "udptl.h",
    "t6_reader.h",
    "spandsp_line.h",
    "coded_page.h",
    "far_side.h",
    "media.h",
    "pump.h",
)
"What Python calls, in the order in which they need each other."
SOURCES = (
    *("g711.c", "jitter.c", "rtp.c", "parity.c", "udptl_datagram.c", "udptl.c", "spandsp_line.c", "coded_page.c"),
    *("t6_reader.c", "handed_pages.c"),
    *("far_side.c", "pages.c", "fifo.c", "leaving.c", "journal.c", "end.c", "media.c", "pump.c"),
)
SAFE = ["-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-fvisibility=hidden"]
"All of it reads what strangers send."


def declarations() -> str:
    """Return what Python sees: the constants, our own headers, and the few functions of the library that set it up."""
    return (
        "".join(f"#define {name} ...\n" for name in NUMBERS.split())
        + "".join(_declared_in(name) for name in HEADERS)
        + """
        int t30_set_tx_ident(t30_state_t *s, const char *id);
        void t30_set_rx_file(t30_state_t *s, const char *file, int stop_page);
        void t30_set_tx_file(t30_state_t *s, const char *file, int start_page, int stop_page);
        int t30_set_ecm_capability(t30_state_t *s, int enabled);
        int t30_set_rx_encoding(t30_state_t *s, int encoding);
        int t30_set_supported_modems(t30_state_t *s, int supported_modems);
        int t30_set_supported_compressions(t30_state_t *s, int supported_compressions);
        int t30_set_supported_resolutions(t30_state_t *s, int supported_resolutions);
        int t30_set_supported_image_sizes(t30_state_t *s, int supported_image_sizes);
        const char *t30_frametype(uint8_t x);
        const char *t30_completion_code_to_str(int result);
        """
    )


def _declared_in(name: str) -> str:
    header = (HERE / name).read_text()
    lines = header[: header.rindex("#endif")].splitlines()
    return "\n".join(line for line in lines if not line.startswith("#")) + "\n"


INCLUDED = "".join(f"#include {name}\n" for name in ("<stdlib.h>", "<tiffio.h>", "<spandsp.h>"))

builder = FFI()
builder.cdef(declarations())
builder.set_source(
    "unifax.wire._spandsp",
    INCLUDED + "".join(f'#include "{name}"\n' for name in HEADERS),
    sources=[f"native/{name}" for name in SOURCES],
    depends=[str(path) for path in HERE.glob("*.h")],
    include_dirs=[str(HERE)],
    extra_compile_args=["-Wall", "-Wextra", "-Wvla", *SAFE],
    libraries=["spandsp", "tiff", "crypto"],
)

"""What every completion code of libspandsp 0.0.6 means for a fax. It knows no pages, no line and no time."""

from collections.abc import Mapping

from unifax.model.outcome import Outcome
from unifax.wire._spandsp import lib

FROM_T30: Mapping[int, Outcome] = {
    lib.T30_ERR_OK: Outcome.SENT,  # for a sender only when the pages prove it
    lib.T30_ERR_CEDTONE: Outcome.NOT_A_FAX,
    lib.T30_ERR_T0_EXPIRED: Outcome.NOT_A_FAX,
    lib.T30_ERR_T1_EXPIRED: Outcome.NOT_A_FAX,
    lib.T30_ERR_T3_EXPIRED: Outcome.PROTOCOL,
    lib.T30_ERR_HDLC_CARRIER: Outcome.PROTOCOL,
    lib.T30_ERR_CANNOT_TRAIN: Outcome.PROTOCOL,
    lib.T30_ERR_OPER_INT_FAIL: Outcome.PROTOCOL,
    lib.T30_ERR_INCOMPATIBLE: Outcome.INCOMPATIBLE,
    lib.T30_ERR_RX_INCAPABLE: Outcome.INCOMPATIBLE,
    lib.T30_ERR_TX_INCAPABLE: Outcome.INCOMPATIBLE,
    lib.T30_ERR_NORESSUPPORT: Outcome.INCOMPATIBLE,
    lib.T30_ERR_NOSIZESUPPORT: Outcome.INCOMPATIBLE,
    lib.T30_ERR_UNEXPECTED: Outcome.PROTOCOL,
    lib.T30_ERR_TX_BADDCS: Outcome.PROTOCOL,
    lib.T30_ERR_TX_BADPG: Outcome.DROPPED,  # DCN after a page
    lib.T30_ERR_TX_ECMPHD: Outcome.PROTOCOL,
    lib.T30_ERR_TX_GOTDCN: Outcome.DROPPED,
    lib.T30_ERR_TX_INVALRSP: Outcome.PROTOCOL,
    lib.T30_ERR_TX_NODIS: Outcome.PROTOCOL,
    lib.T30_ERR_TX_PHBDEAD: Outcome.DROPPED,  # no answer to training
    lib.T30_ERR_TX_PHDDEAD: Outcome.DROPPED,  # no answer after a page
    lib.T30_ERR_TX_T5EXP: Outcome.PROTOCOL,
    lib.T30_ERR_RX_ECMPHD: Outcome.PROTOCOL,
    lib.T30_ERR_RX_GOTDCS: Outcome.PROTOCOL,
    lib.T30_ERR_RX_INVALCMD: Outcome.PROTOCOL,
    lib.T30_ERR_RX_NOCARRIER: Outcome.DROPPED,
    lib.T30_ERR_RX_NOEOL: Outcome.DROPPED,
    lib.T30_ERR_RX_NOFAX: Outcome.DROPPED,
    lib.T30_ERR_RX_T2EXPDCN: Outcome.DROPPED,
    lib.T30_ERR_RX_T2EXPD: Outcome.DROPPED,
    lib.T30_ERR_RX_T2EXPFAX: Outcome.DROPPED,
    lib.T30_ERR_RX_T2EXPMPS: Outcome.DROPPED,
    lib.T30_ERR_RX_T2EXPRR: Outcome.DROPPED,
    lib.T30_ERR_RX_T2EXP: Outcome.DROPPED,
    lib.T30_ERR_RX_DCNWHY: Outcome.DROPPED,
    lib.T30_ERR_RX_DCNDATA: Outcome.DROPPED,
    lib.T30_ERR_RX_DCNFAX: Outcome.DROPPED,
    lib.T30_ERR_RX_DCNPHD: Outcome.DROPPED,  # a sender's too: DCN after a page that is not the last
    lib.T30_ERR_RX_DCNRRD: Outcome.DROPPED,
    lib.T30_ERR_RX_DCNNORTN: Outcome.PAGE_REFUSED,  # we refused a page, and they gave up
    lib.T30_ERR_FILEERROR: Outcome.DOCUMENT,
    lib.T30_ERR_NOPAGE: Outcome.DOCUMENT,
    lib.T30_ERR_BADTIFF: Outcome.DOCUMENT,
    lib.T30_ERR_BADPAGE: Outcome.DOCUMENT,
    lib.T30_ERR_BADTAG: Outcome.DOCUMENT,
    lib.T30_ERR_BADTIFFHDR: Outcome.DOCUMENT,
    lib.T30_ERR_NOMEM: Outcome.LOST,  # ours, and worth another call
    lib.T30_ERR_RETRYDCN: Outcome.DROPPED,
    lib.T30_ERR_CALLDROPPED: Outcome.DROPPED,
    lib.T30_ERR_NOPOLL: Outcome.INCOMPATIBLE,
    lib.T30_ERR_IDENT_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_SUB_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_SEP_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_PSA_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_SID_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_PWD_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_TSA_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_IRA_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_CIA_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_ISP_UNACCEPTABLE: Outcome.REFUSED,
    lib.T30_ERR_CSA_UNACCEPTABLE: Outcome.REFUSED,
}
"Every completion code of libspandsp 0.0.6, and what it means when the pages have proved nothing."

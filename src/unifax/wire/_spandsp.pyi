"""The types of what native/build_spandsp.py builds."""

class Line:
    """line_t *, a terminal"""

class T30:
    """t30_state_t *, owned by its line"""

class Text:
    """const char *"""

class Octets:
    """const uint8_t *"""

class Entry:
    """const line_entry_t *"""

    kind: int
    value: int
    detail: int
    outgoing: int
    length: int
    octets: Octets
    bit_rate: int
    error_correcting_mode: int
    encoding: int
    pages_tx: int
    pages_rx: int
    pages_in_file: int
    width: int
    length_rows: int
    y_resolution: int
    bad_rows: int

class _Ffi:
    NULL: None
    def gc(self, line: Line, destructor: object) -> Line: ...
    def new(self, kind: str, size: int) -> Octets: ...
    def buffer(self, octets: Octets, size: int) -> bytes: ...
    def string(self, text: Text) -> bytes: ...
    def release(self, line: Line) -> None: ...

class _Lib:
    LINE_PACKET: int
    LINE_FRAME: int
    LINE_PAGE: int
    LINE_END: int
    T30_ERR_OK: int
    T30_ERR_CEDTONE: int
    T30_ERR_T0_EXPIRED: int
    T30_ERR_T1_EXPIRED: int
    T30_ERR_T3_EXPIRED: int
    T30_ERR_HDLC_CARRIER: int
    T30_ERR_CANNOT_TRAIN: int
    T30_ERR_OPER_INT_FAIL: int
    T30_ERR_INCOMPATIBLE: int
    T30_ERR_RX_INCAPABLE: int
    T30_ERR_TX_INCAPABLE: int
    T30_ERR_NORESSUPPORT: int
    T30_ERR_NOSIZESUPPORT: int
    T30_ERR_UNEXPECTED: int
    T30_ERR_TX_BADDCS: int
    T30_ERR_TX_BADPG: int
    T30_ERR_TX_ECMPHD: int
    T30_ERR_TX_GOTDCN: int
    T30_ERR_TX_INVALRSP: int
    T30_ERR_TX_NODIS: int
    T30_ERR_TX_PHBDEAD: int
    T30_ERR_TX_PHDDEAD: int
    T30_ERR_TX_T5EXP: int
    T30_ERR_RX_ECMPHD: int
    T30_ERR_RX_GOTDCS: int
    T30_ERR_RX_INVALCMD: int
    T30_ERR_RX_NOCARRIER: int
    T30_ERR_RX_NOEOL: int
    T30_ERR_RX_NOFAX: int
    T30_ERR_RX_T2EXPDCN: int
    T30_ERR_RX_T2EXPD: int
    T30_ERR_RX_T2EXPFAX: int
    T30_ERR_RX_T2EXPMPS: int
    T30_ERR_RX_T2EXPRR: int
    T30_ERR_RX_T2EXP: int
    T30_ERR_RX_DCNWHY: int
    T30_ERR_RX_DCNDATA: int
    T30_ERR_RX_DCNFAX: int
    T30_ERR_RX_DCNPHD: int
    T30_ERR_RX_DCNRRD: int
    T30_ERR_RX_DCNNORTN: int
    T30_ERR_FILEERROR: int
    T30_ERR_NOPAGE: int
    T30_ERR_BADTIFF: int
    T30_ERR_BADPAGE: int
    T30_ERR_BADTAG: int
    T30_ERR_BADTIFFHDR: int
    T30_ERR_NOMEM: int
    T30_ERR_RETRYDCN: int
    T30_ERR_CALLDROPPED: int
    T30_ERR_NOPOLL: int
    T30_ERR_IDENT_UNACCEPTABLE: int
    T30_ERR_SUB_UNACCEPTABLE: int
    T30_ERR_SEP_UNACCEPTABLE: int
    T30_ERR_PSA_UNACCEPTABLE: int
    T30_ERR_SID_UNACCEPTABLE: int
    T30_ERR_PWD_UNACCEPTABLE: int
    T30_ERR_TSA_UNACCEPTABLE: int
    T30_ERR_IRA_UNACCEPTABLE: int
    T30_ERR_CIA_UNACCEPTABLE: int
    T30_ERR_ISP_UNACCEPTABLE: int
    T30_ERR_CSA_UNACCEPTABLE: int
    T30_DIS: int
    T30_DTC: int
    T30_DCS: int
    T30_CFR: int
    T30_EOM: int
    T30_MPS: int
    T30_EOP: int
    T30_PRI_EOM: int
    T30_PRI_MPS: int
    T30_PRI_EOP: int
    T30_PPS: int
    T30_EOR: int
    T30_NULL: int
    T30_MCF: int
    T30_RTP: int
    T30_RTN: int
    T30_PIP: int
    T30_PIN: int
    T30_PPR: int
    T30_DCN: int
    T30_SUPPORT_V27TER: int
    T30_SUPPORT_V29: int
    T30_SUPPORT_V17: int
    T30_SUPPORT_T4_1D_COMPRESSION: int
    T30_SUPPORT_T4_2D_COMPRESSION: int
    T30_SUPPORT_T6_COMPRESSION: int
    T30_SUPPORT_STANDARD_RESOLUTION: int
    T30_SUPPORT_FINE_RESOLUTION: int
    T30_SUPPORT_SUPERFINE_RESOLUTION: int
    T30_SUPPORT_R8_RESOLUTION: int
    T30_SUPPORT_R16_RESOLUTION: int
    T30_SUPPORT_215MM_WIDTH: int
    T30_SUPPORT_255MM_WIDTH: int
    T30_SUPPORT_303MM_WIDTH: int
    T30_SUPPORT_UNLIMITED_LENGTH: int
    T30_SUPPORT_A4_LENGTH: int
    T30_SUPPORT_B4_LENGTH: int
    T30_SUPPORT_US_LETTER_LENGTH: int
    T30_SUPPORT_US_LEGAL_LENGTH: int
    T4_COMPRESSION_ITU_T4_1D: int
    T4_COMPRESSION_ITU_T4_2D: int
    T4_COMPRESSION_ITU_T6: int
    def line_new_t38(self, calling: bool, paced: bool, copies_of_indicators: int, bit_rate: int) -> Line | None: ...
    def line_new_audio(self, calling: bool, a_law: bool) -> Line | None: ...
    def line_free(self, line: Line) -> None: ...
    def line_t30(self, line: Line) -> T30: ...
    def line_receive_ifp(self, line: Line, ifp: bytes, length: int, sequence: int) -> int: ...
    def line_pass(self, line: Line, samples: int) -> int: ...
    def line_audio(self, line: Line, heard: bytes, said: Octets) -> int: ...
    def line_next(self, line: Line) -> Entry | None: ...
    def line_is_torn(self, line: Line) -> int: ...
    def t30_set_tx_ident(self, t30: T30, ident: bytes) -> int: ...
    def t30_get_rx_ident(self, t30: T30) -> Text | None: ...
    def t30_set_rx_file(self, t30: T30, file: bytes, stop_page: int) -> None: ...
    def t30_set_tx_file(self, t30: T30, file: bytes, start_page: int, stop_page: int) -> None: ...
    def t30_set_ecm_capability(self, t30: T30, enabled: bool) -> int: ...
    def t30_set_rx_encoding(self, t30: T30, encoding: int) -> int: ...
    def t30_set_supported_modems(self, t30: T30, modems: int) -> int: ...
    def t30_set_supported_compressions(self, t30: T30, compressions: int) -> int: ...
    def t30_set_supported_resolutions(self, t30: T30, resolutions: int) -> int: ...
    def t30_set_supported_image_sizes(self, t30: T30, sizes: int) -> int: ...
    def t30_terminate(self, t30: T30) -> None: ...
    def t30_frametype(self, fcf: int) -> Text: ...
    def t30_completion_code_to_str(self, code: int) -> Text: ...

ffi: _Ffi
lib: _Lib

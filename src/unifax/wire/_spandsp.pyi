"""The types of what native/build_spandsp.py builds."""

from typing import Generic, Literal, TypeVar, overload

_T = TypeVar("_T")

class Jitter:
    """jitter_t *"""

class Rtp:
    """rtp_t *"""

class Udptl:
    """udptl_t *"""

class T6Reader:
    """t6_reader_t *"""

class JitterCounters:
    """jitter_counters_t"""

    played: int
    repeated: int
    late: int
    stretched: int
    skipped: int

class RtpCounters(JitterCounters):
    """rtp_counters_t"""

    ignored: int

class UdptlCounters:
    """udptl_counters_t"""

    received: int
    recovered: int
    lost: int

class RtpPacket:
    """rtp_packet_t *"""

    payload_type: int
    marker: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: Octets
    octets: int

class UdptlSpan:
    """udptl_span_t"""

    begin: int
    end: int

class Pointer(Generic[_T]):
    """To one or more values."""

    def __getitem__(self, index: int) -> _T: ...

class T30:
    """t30_state_t *, owned by its line"""

class Text:
    """const char *"""

class Octets:
    """const uint8_t *"""

class Samples:
    """int16_t *"""

    def __getitem__(self, index: int) -> int: ...

class FarAddress:
    """far_address_t"""

    octets: int
    port: int
    host: Octets

class LineEntry:
    """line_entry_t"""

    kind: int
    value: int
    detail: int
    outgoing: int
    length: int
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
    coded_octets: int
    row_bits: int
    coded_sha256: Octets
    far_station_id: Text

class CodedPage:
    """coded_page_t *"""

    octets: int
    columns: int
    rows: int
    sha256: Octets

class MediaEntry:
    """media_entry_t *"""

    line: LineEntry
    holds: int
    uncounted: int
    told: Octets

class MediaTaped:
    """media_taped_t *"""

    at: float
    outgoing: int
    far: FarAddress
    octets: int

class MediaCounters:
    """media_counters_t"""

class CMedia:
    """media_t *"""

class CPort:
    """port_t *"""

class CPump:
    """pump_t *"""

class PortCounters:
    """port_counters_t"""

    came: int
    left: int

class _Ffi:
    NULL: None
    def gc(self, made: _T, destructor: object) -> _T: ...
    @overload
    def new(self, kind: Literal["uint8_t[]"], size: int) -> Octets: ...
    @overload
    def new(self, kind: Literal["int16_t[]"], initial: list[int]) -> Samples: ...
    @overload
    def new(self, kind: Literal["rtp_packet_t *"]) -> RtpPacket: ...
    @overload
    def new(self, kind: Literal["udptl_span_t[]"], size: int) -> Pointer[UdptlSpan]: ...
    @overload
    def new(self, kind: Literal["const uint8_t **"]) -> Pointer[Octets]: ...
    @overload
    def new(self, kind: Literal["int *", "size_t *"]) -> Pointer[int]: ...
    @overload
    def new(self, kind: Literal["int[]"], size: int) -> Pointer[int]: ...
    @overload
    def new(self, kind: Literal["media_entry_t *"]) -> MediaEntry: ...
    @overload
    def new(self, kind: Literal["coded_page_t *"]) -> CodedPage: ...
    @overload
    def new(self, kind: Literal["media_taped_t *"]) -> MediaTaped: ...
    def buffer(self, octets: Octets, size: int) -> bytes: ...
    def from_buffer(self, octets: bytes) -> bytes: ...
    def string(self, text: Text) -> bytes: ...
    def release(self, media: CMedia) -> None: ...

class _Lib:
    CODED_SHA256_OCTETS: int
    LINE_SHA256_OCTETS: int
    MEDIA_FRAME: int
    MEDIA_PAGE: int
    MEDIA_WITHDRAWN: int
    MEDIA_BURST: int
    MEDIA_MOST_BEHIND: int
    MEDIA_DATAGRAM_OCTETS: int
    FAR_SIDE_OTHER_PORT_SECONDS: int
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
    T30_SUPPORT_300_300_RESOLUTION: int
    T30_SUPPORT_400_400_RESOLUTION: int
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
    JITTER_FRAME_OCTETS: int
    JITTER_START_FRAMES: int
    JITTER_MOST_FRAMES: int
    JITTER_REPEATS: int
    JITTER_LATE: int
    RTP_HEADER_OCTETS: int
    RTP_DATAGRAM_OCTETS: int
    RTP_MOST_OCTETS: int
    RTP_STRANGE: int
    UDPTL_REDUNDANCY: int
    UDPTL_MAX_DATAGRAM: int
    UDPTL_PATIENCE: int
    UDPTL_MOST_OCTETS: int
    T6_GOES_ON: int
    T6_WHOLE: int
    T6_ODD: int
    T6_MOST_WIDTH: int
    def g711_silence(self, a_law: bool) -> int: ...
    def g711_is_quiet(self, a_law: bool, octets: bytes, count: int) -> int: ...
    def g711_octets(self, a_law: bool, samples: Samples, octets: Octets, count: int) -> None: ...
    def g711_samples(self, a_law: bool, octets: bytes, samples: Samples, count: int) -> None: ...
    def jitter_new(self, a_law: bool) -> Jitter | None: ...
    def jitter_free(self, jitter: Jitter) -> None: ...
    def jitter_restart(self, jitter: Jitter) -> None: ...
    def jitter_put(self, jitter: Jitter, position: int, audio: bytes, octets: int) -> int: ...
    def jitter_take(self, jitter: Jitter, frame: Octets) -> None: ...
    def jitter_counters(self, jitter: Jitter) -> JitterCounters: ...
    def rtp_parse(self, datagram: bytes, octets: int, packet: RtpPacket) -> int: ...
    def rtp_write_header(self, packet: RtpPacket, datagram: Octets) -> None: ...
    def rtp_new(self, a_law: bool, ssrc: int) -> Rtp | None: ...
    def rtp_free(self, rtp: Rtp) -> None: ...
    def rtp_encode(self, rtp: Rtp, frame: bytes, datagram: Octets) -> int: ...
    def rtp_decode(self, rtp: Rtp, datagram: bytes, octets: int) -> int: ...
    def rtp_next_frame(self, rtp: Rtp, frame: Octets) -> None: ...
    def rtp_counters(self, rtp: Rtp) -> RtpCounters: ...
    def udptl_new(self, redundancy: int, max_datagram: int, patience: int) -> Udptl | None: ...
    def udptl_free(self, udptl: Udptl) -> None: ...
    def udptl_encode(self, udptl: Udptl, ifp: bytes, octets: int, datagram: Octets, room: int) -> int: ...
    def udptl_decode(self, udptl: Udptl, datagram: bytes, octets: int) -> int: ...
    def udptl_take(self, udptl: Udptl, ifp: Pointer[Octets], octets: Pointer[int], sequence: Pointer[int]) -> int: ...
    def udptl_counters(self, udptl: Udptl) -> UdptlCounters: ...
    def t6_reader_new(self) -> T6Reader | None: ...
    def t6_reader_free(self, reader: T6Reader) -> None: ...
    def t6_reader_begin(self, reader: T6Reader, width: int) -> int: ...
    def t6_reader_put(self, reader: T6Reader, octets: bytes, length: int) -> int: ...
    def t6_reader_rows(self, reader: T6Reader) -> int: ...
    def t6_reader_octets(self, reader: T6Reader, length: Pointer[int]) -> Octets: ...
    def udptl_spans(
        self, datagram: bytes, octets: int, spans: Pointer[UdptlSpan], room: int, has_parity: Pointer[int]
    ) -> int: ...
    def far_address(self, host: bytes, port: int) -> FarAddress: ...
    def media_new_t38(
        self,
        calling: bool,
        sending: bool,
        paced: bool,
        bit_rate: int,
        silence_seconds: float,
        redundancy: int,
        max_datagram: int,
        patience: int,
    ) -> CMedia | None: ...
    def media_new_audio(
        self, calling: bool, sending: bool, silence_seconds: float, a_law: bool, ssrc: int
    ) -> CMedia | None: ...
    def media_free(self, media: CMedia) -> None: ...
    def media_t30(self, media: CMedia) -> T30: ...
    def media_expect(self, media: CMedia, host: bytes, port: int, sip_host: bytes, now: float) -> None: ...
    def media_far(self, media: CMedia) -> FarAddress: ...
    def media_receive(self, media: CMedia, source: FarAddress, datagram: bytes, octets: int, now: float) -> None: ...
    def media_wake(self, media: CMedia, now: float) -> None: ...
    def media_next_wake(self, media: CMedia) -> float: ...
    def media_take(self, media: CMedia, datagram: Octets) -> int: ...
    def media_next(self, media: CMedia, entry: MediaEntry) -> int: ...
    def media_is_torn(self, media: CMedia) -> int: ...
    def media_tape(self, media: CMedia) -> None: ...
    def media_taped(self, media: CMedia, taped: MediaTaped, datagram: Octets) -> int: ...
    def media_release(self, media: CMedia, now: float) -> None: ...
    def media_hang_up(self, media: CMedia, now: float) -> None: ...
    def media_counters(self, media: CMedia) -> MediaCounters: ...
    def code_page(self, file: bytes, page: int, coding: int, row_bits: int, coded: CodedPage) -> int: ...
    def pump_new(self) -> CPump | None: ...
    def pump_free(self, pump: CPump) -> None: ...
    def pump_news_fd(self, pump: CPump) -> int: ...
    def pump_news(self, pump: CPump, numbers: Pointer[int], room: int) -> int: ...
    def port_open(self, pump: CPump, socket: int, number: int) -> CPort | None: ...
    def port_close(self, port: CPort) -> None: ...
    def port_carry(self, port: CPort, media: CMedia | None) -> None: ...
    def port_flush(self, port: CPort) -> None: ...
    def port_counters(self, port: CPort) -> PortCounters: ...
    def t30_set_tx_ident(self, t30: T30, ident: bytes) -> int: ...
    def t30_set_rx_file(self, t30: T30, file: bytes, stop_page: int) -> None: ...
    def t30_set_tx_file(self, t30: T30, file: bytes, start_page: int, stop_page: int) -> None: ...
    def t30_set_ecm_capability(self, t30: T30, enabled: bool) -> int: ...
    def t30_set_rx_encoding(self, t30: T30, encoding: int) -> int: ...
    def t30_set_supported_modems(self, t30: T30, modems: int) -> int: ...
    def t30_set_supported_compressions(self, t30: T30, compressions: int) -> int: ...
    def t30_set_supported_resolutions(self, t30: T30, resolutions: int) -> int: ...
    def t30_set_supported_image_sizes(self, t30: T30, sizes: int) -> int: ...
    def t30_frametype(self, fcf: int) -> Text: ...
    def t30_completion_code_to_str(self, code: int) -> Text: ...

ffi: _Ffi
lib: _Lib

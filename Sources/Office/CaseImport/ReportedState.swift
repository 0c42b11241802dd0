/// Where the office's software says that a case file stands (`trang_thai`). Kịp goes by days; the state tells where a day is
/// missing. The states are those of a one-stop product in use (DOMAIN-SOURCES.md, section 4).
enum ReportedState: String, CaseIterable {
    case registered = "mới đăng ký"
    case refused = "không được tiếp nhận"
    case processing = "đang xử lý"
    case awaitingPapers = "yêu cầu bổ sung giấy tờ"
    case awaitingPayment = "yêu cầu thực hiện nghĩa vụ tài chính"
    case withdrawn = "công dân yêu cầu rút"
    case stopped = "dừng xử lý"
    case resolved = "đã xử lý xong"
    case returned = "đã trả kết quả"
    /// Whether it is late; Kịp finds that out by itself.
    case judged = "đúng hạn"

    /// Usual spellings, as `SpellingKey` has them.
    var spellings: [String] {
        switch self {
        case .registered: ["moidangky", "chotiepnhan", "choxacnhan", "moi"]
        case .refused: ["khongduoctiepnhan", "khongtiepnhan", "tuchoi", "tuchoitiepnhan", "datuchoi"]
        case .processing:
            [
                "dangxuly", "danggiaiquyet", "duoctiepnhan", "datiepnhan", "chuaxulyxong", "dangthuly", "chogiaiquyet",
                "choxuly",
            ]
        case .awaitingPapers:
            ["yeucaubosunggiayto", "yeucaubosung", "chobosung", "bosunghoso", "dangbosung", "yeucaubosunghoso"]
        case .awaitingPayment:
            ["yeucauthuchiennghiavutaichinh", "chonghiavutaichinh", "thuchiennghiavutaichinh", "chothue"]
        case .withdrawn: ["congdanyeucaurut", "ruthoso", "darut", "yeucaurut", "congdanrut", "daruthoso", "xinrut"]
        case .stopped: ["dungxuly", "tamdung", "tamdungxuly", "danggtamdung", "dangtamdung"]
        case .resolved:
            [
                "daxulyxong", "dagiaiquyet", "daxuly", "hoanthanh", "dahoanthanh", "dacoketqua", "coketqua", "choket",
                "chotraketqua", "dagiaiquyetxong",
            ]
        case .returned: ["datraketqua", "datra", "datrakq", "datraketquachocongdan"]
        case .judged:
            [
                "dunghan", "truochan", "trehan", "quahan", "conhan", "tronghan", "dagiaiquyetdunghan",
                "danggiaiquyettronghan",
            ]
        }
    }
}

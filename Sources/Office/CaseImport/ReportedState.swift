/// Where the office's software says that a case file stands (`trang_thai`). Kịp goes by days; the state tells where a day is
/// missing. The states are those of a one-stop product in use (DOMAIN-SOURCES.md, section 4).
enum ReportedState: String, CaseIterable {
    case registered = "mới đăng ký"
    case refused = "không được tiếp nhận"
    case processing = "đang xử lý"
    case awaitingPapers = "yêu cầu bổ sung giấy tờ"
    case awaitingPayment = "yêu cầu thực hiện nghĩa vụ tài chính"
    case withdrawn = "công dân yêu cầu rút"
    /// It was received, and ended with a refusal in writing (Decree 61/2018/NĐ-CP, article 19 [K]).
    case declined = "từ chối giải quyết"
    case stopped = "dừng xử lý"
    case resolved = "đã xử lý xong"
    case returned = "đã trả kết quả"
    /// Whether it is late; Kịp finds that out by itself.
    case judged = "đúng hạn"

    /// Usual spellings, as `SpellingKey` has them.
    var spellings: [String] {
        switch self {
        case .registered:
            ["moidangky", "chotiepnhan", "choxacnhan", "moi", "moitao", "chuatiepnhan", "moinop", "moigui"]
        case .refused:
            [
                "khongduoctiepnhan", "khongtiepnhan", "tuchoi", "tuchoitiepnhan", "datuchoi", "bituchoitiepnhan",
                "datuchoitiepnhan", "khongdudieukientiepnhan",
            ]
        case .declined:
            [
                "tuchoigiaiquyet", "datuchoigiaiquyet", "bituchoigiaiquyet", "khongdudieukiengiaiquyet",
                "khonggiaiquyet", "tralaihoso", "datralai", "datralaihoso", "tralai", "thongbaokhongdudieukien",
                "khongdudieukien",
            ]
        case .processing:
            [
                "dangxuly", "danggiaiquyet", "tiepnhan", "duoctiepnhan", "datiepnhan", "chuaxulyxong", "dangthuly",
                "chogiaiquyet",
                "choxuly", "danggiaiquyethoso", "dabosung", "dabosunghoso", "trinhky", "dangtrinhky", "choky",
                "chokyduyet", "chopheduyet", "dangthamdinh", "thamdinh", "dangxacminh", "dangluanchuyen", "dachuyen",
                "dachuyenxuly", "choluanchuyen", "chophancong", "daphancong", "choketqua", "chodongdau",
                "dangphoihop", "choykienphoihop", "chuagiaiquyet", "chuaxuly", "dangtrinhlanhdao",
            ]
        case .awaitingPapers:
            [
                "yeucaubosunggiayto", "yeucaubosung", "chobosung", "bosunghoso", "dangbosung", "yeucaubosunghoso",
                "chobosunghoso", "chobosunggiayto", "chocongdanbosung", "chocongdanbosunghoso", "canbosung",
                "canbosunghoso", "bosunggiayto", "bosung", "dangchobosung", "dangchobosunghoso", "tamdungchobosung",
                "dungxulychobosung", "thongbaobosung", "yeucaubosungthongtin", "yeucaubosunghoanthien",
            ]
        case .awaitingPayment:
            [
                "yeucauthuchiennghiavutaichinh", "chonghiavutaichinh", "thuchiennghiavutaichinh", "chothue",
                "chothuchiennghiavutaichinh", "dangthuchiennghiavutaichinh", "chonopthue", "chothongbaothue",
                "choxacdinhnghiavutaichinh", "nghiavutaichinh", "chothanhtoan", "chonoplephi",
            ]
        case .withdrawn:
            [
                "congdanyeucaurut", "ruthoso", "darut", "yeucaurut", "congdanrut", "daruthoso", "xinrut", "rut",
                "congdanruthoso", "congdanyeucauruthoso", "congdandarut", "congdandaruthoso", "yeucauruthoso",
                "nguoinopruthoso", "tochuccanhanruthoso", "tochuccanhanyeucauruthoso", "congdanxinrut",
                "xinruthoso", "rutlai", "rutlaihoso",
            ]
        case .stopped:
            [
                "dungxuly", "tamdung", "tamdungxuly", "danggtamdung", "dangtamdung", "tamdunggiaiquyet",
                "dunggiaiquyet", "tamngung",
            ]
        case .resolved:
            [
                "daxulyxong", "dagiaiquyet", "daxuly", "hoanthanh", "dahoanthanh", "dacoketqua", "coketqua", "choket",
                "chotraketqua", "dagiaiquyetxong", "daxulyxongchotraketqua", "chotra", "chotrakq", "dacokq", "cokq",
                "dahoanthanhxuly", "hoanthanhxuly", "dapheduyet", "daky", "daketthuc", "ketthuc", "ketthucxuly",
                "daxulyxonghoso", "giaiquyetxong", "xulyxong", "chocongdandennhan", "chonhanketqua",
            ]
        case .returned:
            [
                "datraketqua", "datra", "datrakq", "datraketquachocongdan", "traketqua", "datraketquachodan",
                "datrakqchocongdan", "datraketquachonguoidan", "datraketquachotochuccanhan", "danhanketqua",
                "congdandanhanketqua", "datraketquaquabuudien", "datraketquaquabuuchinh",
            ]
        case .judged:
            [
                "dunghan", "truochan", "trehan", "quahan", "conhan", "tronghan", "dagiaiquyetdunghan",
                "danggiaiquyettronghan", "danggiaiquyetquahan", "dagiaiquyetquahan", "dagiaiquyettruochan",
                "chuadenhan",
                "denhan", "saphethan", "sapdenhan", "sapquahan", "hethan", "xulydunghan", "xulytrehan",
                "giaiquyetdunghan", "giaiquyettrehan", "somhan", "dangxulytronghan", "dangxulyquahan",
                "danggiaiquyettrehan", "dangxulytrehan",
            ]
        }
    }
}

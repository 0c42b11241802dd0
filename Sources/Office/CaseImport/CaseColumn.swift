/// A column of a table of case files. The raw value is Kịp's own name for it.
public enum CaseColumn: String, Sendable, CaseIterable {
    case code = "ma_ho_so"
    case procedure = "ten_thu_tuc"
    case field = "linh_vuc"
    case unit = "don_vi"
    case applicant = "nguoi_nop"
    case address = "dia_chi"
    case phone = "dien_thoai"
    case email = "email"
    case channel = "hinh_thuc"
    case receivedOn = "ngay_tiep_nhan"
    case promisedOn = "ngay_hen_tra"
    case resolvedOn = "ngay_co_ket_qua"
    case returnedOn = "ngay_tra"
    case delayReason = "ly_do_tre"
    case newPromise = "ngay_hen_lai"
    case suspendedFrom = "tam_dung_tu"
    case suspendedTo = "tam_dung_den"
    case suspensionReason = "ly_do_tam_dung"
    /// Where the office's software says that a file stands. It is read and held against the days; it is not kept.
    case state = "trang_thai"

    /// What a case file cannot be without.
    static let required: [CaseColumn] = [.code, .procedure, .field, .unit, .receivedOn, .promisedOn]

    /// Whether its cells are days.
    var isDay: Bool {
        switch self {
        case .receivedOn, .promisedOn, .resolvedOn, .returnedOn, .newPromise, .suspendedFrom, .suspendedTo: true
        default: false
        }
    }

    /// What a clerk calls it, if a case file cannot be without it.
    private var title: String? {
        switch self {
        case .code: "Mã hồ sơ"
        case .procedure: "Tên thủ tục"
        case .field: "Lĩnh vực"
        case .unit: "Đơn vị"
        case .receivedOn: "Ngày tiếp nhận"
        case .promisedOn: "Ngày hẹn trả"
        default: nil
        }
    }

    /// Kịp's name, and what a clerk calls it.
    var words: String { title.map { "\($0) (\(rawValue))" } ?? rawValue }

    /// What offices' software mostly calls it beside Kịp's name, as `SpellingKey` has it.
    var spellings: [String] {
        switch self {
        case .code: ["masohoso", "sohoso", "mahs", "sohs", "sobiennhan", "mabiennhan", "masobiennhan", "mahosotthc"]
        case .procedure: ["tenthutuchanhchinh", "tentthc", "thutuc", "thutuchanhchinh", "tthc", "tenthutuctthc"]
        case .field: ["tenlinhvuc", "linhvuctthc", "linhvucgiaiquyet"]
        case .unit:
            [
                "donvigiaiquyet", "coquangiaiquyet", "donvithuly", "coquanthuly", "donvithuchien", "coquanthuchien",
                "tendonvi", "donvixuly", "coquanxuly", "phongbanxuly",
            ]
        case .applicant:
            [
                "tennguoinop", "hotennguoinop", "nguoinophoso", "hotennguoinophoso", "chuhoso", "tenchuhoso",
                "hotenchuhoso", "tochuccanhan", "canhantochuc", "tentochuccanhan", "tencanhantochuc", "hovaten",
                "nguoiyeucau", "hotennguoiyeucau",
            ]
        case .address: ["diachinguoinop", "diachilienhe", "diachichuhoso", "diachinhanthu"]
        case .phone:
            [
                "sodienthoai", "sdt", "sodt", "dienthoailienhe", "sodienthoailienhe", "dienthoainguoinop",
                "sodienthoainguoinop", "dtdd",
            ]
        case .email: ["thudientu", "diachiemail", "emailnguoinop", "hopthudientu"]
        case .channel:
            [
                "hinhthucnop", "hinhthuctiepnhan", "hinhthucnophoso", "hinhthuctiepnhanhoso", "kenhtiepnhan", "kenhnop",
                "kenhthuchien", "phuongthucnop", "nguontiepnhan",
            ]
        case .receivedOn:
            [
                "ngaynhan", "ngaynhanhoso", "ngaytiepnhanhoso", "thoigiantiepnhan", "thoidiemtiepnhan",
                "ngaygiotiepnhan", "tiepnhan",
            ]
        case .promisedOn:
            [
                "ngayhentraketqua", "ngayhentrakq", "hentra", "hentraketqua", "thoigianhentra",
                "thoigianhentraketqua", "ngaygiohentra", "hantraketqua", "ngayhentrahoso",
            ]
        case .resolvedOn:
            [
                "ngaycokq", "ngayketthucxuly", "ngaygiaiquyetxong", "ngayhoanthanh", "ngayxulyxong", "coketqua",
                "ngayhoanthanhxuly", "thoigianketthucxuly", "ngayketthuc",
            ]
        case .returnedOn:
            [
                "ngaytraketqua", "ngaytrakq", "ngaytrathucte", "thoigiantraketqua", "ngaytraketquathucte",
                "traketqua", "ngaytrahoso",
            ]
        case .delayReason:
            ["lydotrehan", "lydoquahan", "nguyennhantre", "nguyennhantrehan", "nguyennhanquahan", "lydochamtre"]
        case .newPromise: ["ngayhenlaitraketqua", "henlai", "ngayhentralai", "ngayhentraketqualai"]
        case .suspendedFrom: ["ngaytamdung", "tamdungtungay", "ngaybatdautamdung"]
        case .suspendedTo: ["tamdungdenngay", "ngayhettamdung", "ngayketthuctamdung", "ngaytieptuc"]
        case .suspensionReason: ["nguyennhantamdung"]
        case .state: ["trangthaihoso", "tinhtrang", "tinhtranghoso", "trangthaixuly", "tinhtrangxuly"]
        }
    }

    /// Its place among all. A dictionary of them takes longer than the cells that are read by it.
    var place: Int {
        switch self {
        case .code: 0
        case .procedure: 1
        case .field: 2
        case .unit: 3
        case .applicant: 4
        case .address: 5
        case .phone: 6
        case .email: 7
        case .channel: 8
        case .receivedOn: 9
        case .promisedOn: 10
        case .resolvedOn: 11
        case .returnedOn: 12
        case .delayReason: 13
        case .newPromise: 14
        case .suspendedFrom: 15
        case .suspendedTo: 16
        case .suspensionReason: 17
        case .state: 18
        }
    }
}

/// Makes case files up, the same ones from the same seed: real fields and procedures, invented people.
public struct CaseSample {
    private struct Procedure {
        let field: String
        let name: String
        let days: Int
        let unit: String?
    }

    /// Terms in working days, as a district's list of procedures has them; nil = any ward.
    private static let procedures = [
        Procedure(field: "Hộ tịch", name: "Đăng ký khai sinh", days: 1, unit: nil),
        Procedure(field: "Hộ tịch", name: "Cấp giấy xác nhận tình trạng hôn nhân", days: 3, unit: nil),
        Procedure(field: "Hộ tịch", name: "Thay đổi, cải chính hộ tịch", days: 3, unit: "Phòng Tư pháp"),
        Procedure(field: "Chứng thực", name: "Chứng thực bản sao từ bản chính", days: 1, unit: nil),
        Procedure(field: "Chứng thực", name: "Chứng thực hợp đồng, giao dịch", days: 2, unit: "Phòng Tư pháp"),
        Procedure(
            field: "Đất đai", name: "Đăng ký biến động quyền sử dụng đất, quyền sở hữu nhà ở", days: 10,
            unit: "Chi nhánh Văn phòng Đăng ký đất đai"),
        Procedure(
            field: "Đất đai", name: "Chuyển mục đích sử dụng đất", days: 15, unit: "Phòng Tài nguyên và Môi trường"),
        Procedure(
            field: "Xây dựng", name: "Cấp giấy phép xây dựng nhà ở riêng lẻ", days: 15, unit: "Phòng Quản lý đô thị"),
        Procedure(
            field: "Hộ kinh doanh", name: "Đăng ký thành lập hộ kinh doanh", days: 3,
            unit: "Phòng Tài chính - Kế hoạch"),
        Procedure(
            field: "Đầu tư", name: "Thẩm định báo cáo kinh tế - kỹ thuật đầu tư", days: 20,
            unit: "Phòng Tài chính - Kế hoạch"),
        Procedure(
            field: "Lao động - Thương binh và Xã hội", name: "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội",
            days: 3, unit: nil),
        Procedure(
            field: "Văn hóa", name: "Cấp giấy phép kinh doanh dịch vụ karaoke", days: 5,
            unit: "Phòng Văn hóa và Thông tin"),
        Procedure(field: "Kinh tế", name: "Cấp giấy phép bán lẻ rượu", days: 7, unit: "Phòng Kinh tế"),
        Procedure(
            field: "Giáo dục", name: "Cho phép cơ sở giáo dục mầm non hoạt động", days: 15,
            unit: "Phòng Giáo dục và Đào tạo"),
        Procedure(field: "Xử lý đơn", name: "Xử lý đơn tại cấp huyện", days: 10, unit: "Văn phòng UBND"),
        Procedure(
            field: "Khiếu nại, tố cáo", name: "Giải quyết khiếu nại lần đầu tại cấp huyện", days: 30, unit: "Thanh tra"),
    ]
    private static let families = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
    ]
    private static let middles = ["Văn", "Thị", "Minh", "Ngọc", "Hữu", "Thanh", "Quốc", "Kim", "Đức", "Thùy", "Gia"]
    private static let given = [
        "An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Hưng", "Khánh", "Lan", "Linh", "Mỹ", "Nga", "Oanh", "Phúc",
        "Quỳnh", "Sơn", "Thảo", "Tuấn", "Uyên", "Vy", "Ý", "Đạt",
    ]
    private static let streets = [
        "Lê Lợi", "Nguyễn Huệ", "Đồng Khởi", "Hai Bà Trưng", "Nguyễn Trãi", "Trần Hưng Đạo", "Bùi Viện", "Cống Quỳnh",
        "Đinh Tiên Hoàng", "Nguyễn Đình Chiểu", "Võ Thị Sáu", "Tôn Thất Đạm", "Pasteur", "Calmette", "Yersin",
    ]
    private static let reasons = [
        "chờ ý kiến phối hợp của đơn vị liên quan",
        "hồ sơ cần xác minh thực địa bổ sung",
        "hệ thống thông tin giải quyết thủ tục hành chính gián đoạn",
        "số lượng hồ sơ tiếp nhận tăng đột biến trong kỳ",
    ]

    private var state: UInt64
    private let profile: OfficeProfile
    private let calendar: WorkingCalendar
    private let date: LocalDate
    private let wards: [String]
    private var counters: [LocalDate: Int] = [:]

    /// Case files of the 60 working days before a day.
    /// - Parameters:
    ///   - count: how many.
    ///   - seed: the same seed makes the same files.
    ///   - date: the day as of which they stand.
    public static func make(
        count: Int, seed: UInt64, asOf date: LocalDate, profile: OfficeProfile, calendar: WorkingCalendar
    ) -> [CaseFile] {
        var sample = CaseSample(seed, profile, calendar, date)
        return (0..<count).map { _ in sample.next() }
    }

    private init(_ seed: UInt64, _ profile: OfficeProfile, _ calendar: WorkingCalendar, _ date: LocalDate) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        self.profile = profile
        self.calendar = calendar
        self.date = date
        wards = profile.units.filter { $0.kind == "ward" }.map(\.name)
    }

    /// splitmix64 (S. Vigna).
    private mutating func random(_ below: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(below))
    }

    private mutating func pick(_ list: [String]) -> String { list.isEmpty ? "" : list[random(list.count)] }

    private mutating func next() -> CaseFile {
        let procedure = Self.procedures[random(Self.procedures.count)]
        let unit = procedure.unit ?? pick(wards)
        let received = calendar.adding(workingDays: -random(60), to: calendar.onOrBefore(date))
        let promised = calendar.adding(workingDays: procedure.days, to: received)
        let channels = CaseFile.Channel.allCases
        var file = CaseFile(
            code: code(unit, received), procedure: procedure.name, field: procedure.field, unit: unit,
            applicant: name(procedure.field), address: address(), phone: "028 3000 \(1_000 + random(9_000))",
            email: random(3) == 0 ? "cong-dan-\(random(10_000))@example.com" : "",
            channel: channels[random(10) < 6 ? 1 : random(10) < 8 ? 0 : 2], receivedOn: received, promisedOn: promised)
        resolve(&file)
        return file
    }

    /// About 94 of a hundred are resolved by the promised day, where it has come.
    private mutating func resolve(_ file: inout CaseFile) {
        let isLate = random(100) < 6
        let span = max(1, calendar.workingDays(from: file.receivedOn, to: file.promisedOn))
        let delay = isLate ? span + 1 + random(8) : max(0, span - random(span + 1))
        let resolved = calendar.adding(workingDays: delay, to: file.receivedOn)
        if resolved <= date {
            file.resolvedOn = resolved
            file.returnedOn = resolved
        }
        if isLate, random(100) < 95 {
            file.delayReason = pick(Self.reasons)
            if file.resolvedOn == nil {
                file.newPromise = calendar.adding(workingDays: 3 + random(8), to: max(date, file.promisedOn))
            }
        }
    }

    private mutating func code(_ unit: String, _ received: LocalDate) -> String {
        counters[received, default: 0] += 1
        let (year, month, day) = received.parts
        let place = (profile.units.firstIndex { $0.name == unit } ?? 0) + 1
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "000.00.\(padded(place, 2)).H29-\(padded(year % 100, 2))\(padded(month, 2))\(padded(day, 2))-"
            + padded(counters[received] ?? 0, 4)
    }

    private mutating func name(_ field: String) -> String {
        if field == "Đầu tư" || random(8) == 0 { return "Công ty TNHH \(pick(Self.given)) \(pick(Self.given))" }
        return "\(pick(Self.families)) \(pick(Self.middles)) \(pick(Self.given))"
    }

    private mutating func address() -> String {
        "\(1 + random(300)) \(pick(Self.streets)), Phường \(pick(wards).replacingPrefix("UBND Phường ")), Quận 1"
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}

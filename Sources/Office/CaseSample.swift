/// Makes case files up, the same ones from the same seed: the office's procedures, invented people. Without `sample` in
/// `office.yaml` the procedures are made of its fields and units.
public struct CaseSample {
    private struct Procedure {
        let field: String
        let name: String
        let days: Int
        let unit: String?
        let organisationsOnly: Bool
    }

    private static let families = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
    ]
    private static let middles = ["Văn", "Thị", "Minh", "Ngọc", "Hữu", "Thanh", "Quốc", "Kim", "Đức", "Thùy", "Gia"]
    private static let given = [
        "An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Hưng", "Khánh", "Lan", "Linh", "Mỹ", "Nga", "Oanh", "Phúc",
        "Quỳnh", "Sơn", "Thảo", "Tuấn", "Uyên", "Vy", "Ý", "Đạt",
    ]
    /// Streets that most towns have.
    private static let streets = ["Lê Lợi", "Nguyễn Huệ", "Trần Hưng Đạo", "Nguyễn Trãi", "Hai Bà Trưng"]
    /// Terms in working days of the procedures that stand for a field.
    private static let terms = [3, 5, 10, 15]
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
    private let procedures: [Procedure]
    private let wards: [String]
    private let streets: [String]
    private let localities: [String]
    private let codeStart: String
    private var counters: [LocalDate: Int] = [:]

    /// Case files of the 60 working days before a day.
    /// - Parameters:
    ///   - count: how many.
    ///   - seed: the same seed makes the same files.
    ///   - date: the day as of which they stand.
    /// - Throws: `OfficeError.profile` if the profile has no field or no unit to make procedures of.
    public static func make(
        count: Int, seed: UInt64, asOf date: LocalDate, profile: OfficeProfile, calendar: WorkingCalendar
    ) throws(OfficeError) -> [CaseFile] {
        var sample = try CaseSample(seed, profile, calendar, date)
        return (0..<count).map { _ in sample.next() }
    }

    private init(
        _ seed: UInt64, _ profile: OfficeProfile, _ calendar: WorkingCalendar, _ date: LocalDate
    ) throws(OfficeError) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        self.profile = profile
        self.calendar = calendar
        self.date = date
        let rules = profile.sample
        wards = profile.units.filter { $0.kind == "ward" }.map(\.name)
        procedures = try Self.procedures(profile)
        streets = rules?.streets ?? Self.streets
        localities = rules?.localities ?? Self.localities(profile)
        codeStart = rules?.code ?? "000.00.{unit}.H00"
    }

    /// The procedures of `sample`, or one for each field, which go round the office's units.
    private static func procedures(_ profile: OfficeProfile) throws(OfficeError) -> [Procedure] {
        if let given = profile.sample?.procedures {
            return given.map { procedure in
                Procedure(
                    field: procedure.field, name: procedure.name, days: procedure.days,
                    unit: procedure.unit.map { id in profile.units.first { $0.id == id }?.name ?? id },
                    organisationsOnly: procedure.organisationsOnly ?? false)
            }
        }
        let units = profile.units.filter { $0.kind != "outside" }.map(\.name)
        guard !units.isEmpty, !profile.fields.isEmpty else {
            throw .profile(
                "the office's profile has no fields or no units of its own, so there is nothing to make case files of; "
                    + "add them (fields, units), and as wanted sample.procedures")
        }
        return profile.fields.enumerated().map { index, field in
            Procedure(
                field: field.name, name: "Thủ tục về \(field.name)", days: terms[index % terms.count],
                unit: units[index % units.count], organisationsOnly: false)
        }
    }

    /// The wards of the profile, or where the office itself is.
    private static func localities(_ profile: OfficeProfile) -> [String] {
        func place(_ name: String) -> String {
            ["Ủy ban nhân dân ", "UBND "].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) } ?? name
        }
        let wards = profile.units.filter { $0.kind == "ward" }.map { "\(place($0.name)), \(profile.place)" }
        return wards.isEmpty ? [place(profile.agencyInText)] : wards
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
        let procedure = procedures[random(procedures.count)]
        let unit = procedure.unit ?? pick(wards)
        let received = calendar.adding(workingDays: -random(60), to: calendar.onOrBefore(date))
        let promised = calendar.adding(workingDays: procedure.days, to: received)
        let channels = CaseFile.Channel.allCases
        var file = CaseFile(
            code: code(unit, received), procedure: procedure.name, field: procedure.field, unit: unit,
            applicant: name(procedure), address: address(), phone: "028 3000 \(1_000 + random(9_000))",
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
        return codeStart.replacing("{unit}", with: padded(place, 2))
            + "-\(padded(year % 100, 2))\(padded(month, 2))\(padded(day, 2))-"
            + padded(counters[received] ?? 0, 4)
    }

    private mutating func name(_ procedure: Procedure) -> String {
        if procedure.organisationsOnly || random(8) == 0 {
            return "Công ty TNHH \(pick(Self.given)) \(pick(Self.given))"
        }
        return "\(pick(Self.families)) \(pick(Self.middles)) \(pick(Self.given))"
    }

    private mutating func address() -> String {
        "\(1 + random(300)) \(pick(streets)), \(pick(localities))"
    }
}

import Foundation

@testable import Office

/// The raw data of a report, made up from a seed, and as the files that the naive recomputation reads.
struct ReportWorld {
    static let periods = ["2024-Q1", "2024-03", "2024", "2024-H1", "2024-9M", "2024-02-01..2024-03-14", "2024-01"]

    let period: String
    let asOf: LocalDate
    let data: ReportData
    private let plan: Plan
    private let done: Set<String>
    private let calendar: WorkingCalendar

    init(seed: UInt64) throws {
        var random = SeededDraw(seed: seed)
        let profile = try Example.profile()
        calendar = try Example.calendar()
        period = Self.periods[Int(seed) % Self.periods.count]
        asOf = Example.day("2024-03-04").adding(days: random.below(50))
        let known = asOf.adding(days: random.below(20))
        var cases = try CaseSample.make(
            count: 150 + random.below(250), seed: seed, asOf: known, profile: profile, calendar: calendar)
        for index in cases.indices {
            // Some come from long before, some under other names, some of strangers.
            if random.below(4) == 0 { Self.age(&cases[index], by: 20 + random.below(90)) }
            if random.below(6) == 0 { Self.suspend(&cases[index], &random, calendar) }
            switch random.below(40) {
            case 0: cases[index].unit = "Trung tâm Y tế Quận 1"
            case 1: cases[index].unit = "PHƯỜNG BẾN NGHÉ"
            case 2: cases[index].field = "Thi đua, khen thưởng"
            case 3: cases[index].field = "ĐẤT  ĐAI"
            default: break
            }
        }
        var letters: [String: LocalDate] = [:]
        for file in cases where random.below(3) != 0 {
            letters[file.code] = file.promisedOn.adding(days: random.below(8) - 4)
        }
        plan = try Example.plan()
        var records: [MilestoneRecord] = []
        for task in plan.tasks {
            for (place, milestone) in task.milestones.enumerated() where milestone.suspect == nil {
                for unit in profile.units where random.below(3) == 0 {
                    records.append(
                        MilestoneRecord(
                            plan: plan.plan, milestone: "\(task.id)/\(place + 1)", unit: unit.id, state: .done,
                            on: asOf, by: "Lan", due: milestone.due))
                }
            }
        }
        done = Set(records.map { "\($0.milestone) \($0.unit ?? "-")" })
        data = ReportData(
            cases: cases, letters: letters.mapValues { ReportedLetter(day: $0) }, tasks: plan.tasks.count,
            standings: PlanStanding.rows(
                asOf: asOf, plans: [plan], records: records, profile: profile, calendar: calendar),
            indicators: Self.indicators(profile, &random), profile: profile, targets: try Example.targets())
    }

    private static func age(_ file: inout CaseFile, by days: Int) {
        file.receivedOn = file.receivedOn.adding(days: -days)
        file.promisedOn = file.promisedOn.adding(days: -days)
        file.resolvedOn = file.resolvedOn?.adding(days: -days)
    }

    /// Its clock stood for some days, or stands still.
    private static func suspend(_ file: inout CaseFile, _ random: inout SeededDraw, _ calendar: WorkingCalendar) {
        let from = file.receivedOn.adding(days: random.below(25))
        let to = random.below(3) == 0 ? nil : from.adding(days: random.below(12))
        file.suspensions = [Suspension(from: from, to: to, reason: "bổ sung giấy tờ")]
        file = file.withMovedPromise(calendar)
    }

    private static func indicators(_ profile: OfficeProfile, _ random: inout SeededDraw) -> [IndicatorValue] {
        var values: [IndicatorValue] = []
        let periods = ["2023", "2023-Q4", "2023-12", "2024-01", "2024-02", "2024-03", "2024-Q1", "2024"]
        for indicator in ["T9.1", "T13.2", "T14", "T17"] {
            for unit in profile.units {
                let isOne = ["T14": "tai-chinh", "T17": "noi-vu"][indicator] == unit.id
                let isWard = unit.kind == "ward" && (indicator == "T9.1" || indicator == "T13.2")
                guard isOne || isWard || (indicator == "T9.1" && unit.id == "van-phong") else { continue }
                for period in periods where random.below(5) != 0 {
                    for _ in 0...random.below(2) {
                        let whole = random.below(30)
                        values.append(
                            IndicatorValue(
                                unit: unit.id, indicator: indicator, period: period,
                                numerator: whole == 0 ? 0 : max(1, whole - random.below(whole)), denominator: whole,
                                receivedOn: Example.day("2024-02-20").adding(days: random.below(60))))
                    }
                }
            }
        }
        return values
    }

    /// As a register would give them out: the last word of each, of those that were known.
    func standing() throws -> ReportData {
        try Example.withRegister { register, _ in
            _ = try register.importIndicators(data.indicators)
            var known = data
            known.indicators = try register.indicators(asOf: asOf)
            known.letters = data.letters.filter { $0.value.day <= asOf }
            return known
        }
    }

    /// Writes `world.json` and `cases.csv`.
    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(CaseFileTable.write(data.cases).utf8).write(to: folder.appendingPathComponent("cases.csv"))
        let directory = Directory(data.profile)
        let phrases = Set(plan.tasks.flatMap(\.leads))
        let years = (2022...2025).map { calendar.days(of: $0) }
        let world = World(
            period: period, asOf: asOf, fields: data.profile.fields.map(\.name),
            units: data.profile.units.map {
                World.Unit(id: $0.id, name: $0.name, kind: $0.kind, aliases: $0.aliases ?? [])
            },
            owners: Dictionary(uniqueKeysWithValues: data.profile.owners.map { ($0.id, $0.name) }),
            letters: data.letters.mapValues(\.day),
            off: years.flatMap(\.off).filter { $0.mark != .proposed }.map(\.date),
            worked: years.flatMap(\.worked).map(\.date), plans: [plan], done: done.sorted(),
            indicators: data.indicators,
            leads: Dictionary(
                uniqueKeysWithValues: phrases.map { phrase in
                    let found = directory.resolve(phrase)
                    return (phrase, found.recipients.filter { $0.standing == .member }.map(\.id) + found.unresolved)
                }))
        try JSONEncoder().encode(world).write(to: folder.appendingPathComponent("world.json"))
    }

    private struct World: Encodable {
        struct Unit: Encodable {
            var id, name, kind: String
            var aliases: [String]
        }

        var period: String
        var asOf: LocalDate
        var fields: [String]
        var units: [Unit]
        var owners: [String: String]
        var letters: [String: LocalDate]
        var off: [LocalDate]
        var worked: [LocalDate]
        var plans: [Plan]
        var done: [String]
        var indicators: [IndicatorValue]
        /// Whom the plan's phrases mean, by ids; words that mean nobody as they are. OwnerTests holds them against the plan.
        var leads: [String: [String]]
    }
}

/// splitmix64 (S. Vigna).
struct SeededDraw {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}

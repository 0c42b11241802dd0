/// Counts all case files of a period in one pass: by field, by unit, by unit and field, the late ones.
struct CaseCount {
    let period: ReportPeriod
    let end: LocalDate
    private(set) var byField: OnTimeTable
    private(set) var byUnit: OnTimeTable
    private(set) var byWard: OnTimeTable
    private(set) var total: OnTimeFigures
    private(set) var sections: [UnitFigures] = []
    private(set) var apologies = ApologyCompliance()
    private(set) var late: [LateFile] = []

    /// - Throws: `FiguresError.identity`.
    init(_ data: ReportData, _ period: ReportPeriod, to end: LocalDate) throws(FiguresError) {
        self.period = period
        self.end = end
        let start = period.start
        let profile = data.profile
        var (units, fields) = (NameIndex.units(profile), NameIndex.fields(profile))
        let kinds = Dictionary(profile.units.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
        var (fieldCount, unitCount) = (OnTimeCount(from: start, to: end), OnTimeCount(from: start, to: end))
        var wardCount = unitCount
        var unitTotal = OnTimeFigures(name: "Tổng cộng")
        var (wardTotal, whole) = (unitTotal, unitTotal)
        var counts: [String: UnitCount] = [:]
        for file in data.cases {
            let (unit, field) = (units.name(of: file.unit), fields.name(of: file.field))
            let section = kinds[unit] == nil ? UnitFigures.strangers : unit
            counts[section, default: UnitCount(section, kind: kinds[unit], period, to: end)].count(
                file, field: field, letter: data.letters[file.code])
            fieldCount.count(file, under: field)
            whole.count(file, from: start, to: end)
            if kinds[unit] == "ward" {
                wardCount.count(file, under: unit)
                wardTotal.count(file, from: start, to: end)
            } else {
                unitCount.count(file, under: unit)
                unitTotal.count(file, from: start, to: end)
            }
            if LateFile.isLate(file, from: start, to: end) {
                late.append(Self.late(file, unit: unit, field: field, end: end, letter: data.letters[file.code]))
            }
        }
        let wards = profile.units.filter { $0.kind == "ward" }.map(\.name)
        let others = profile.units.filter { $0.kind != "ward" }.map(\.name)
        total = whole
        byField = try OnTimeTable(
            "Lĩnh vực", rows: fieldCount.figures(known: profile.fields.map(\.name)), total: whole)
        byUnit = try OnTimeTable("Cơ quan, đơn vị", rows: unitCount.figures(known: others), total: unitTotal)
        byWard = try OnTimeTable("Phường", rows: wardCount.figures(known: wards), total: wardTotal)
        _ = try OnTimeTable("Cơ quan, đơn vị và phường", rows: [unitTotal, wardTotal], total: whole)
        for name in profile.units.map(\.name) + [UnitFigures.strangers] {
            let isStranger = name == UnitFigures.strangers
            if isStranger, counts[name] == nil { continue }
            let count = counts[name] ?? UnitCount(name, kind: kinds[name], period, to: end)
            let figures = try count.figures(fields: profile.fields.map(\.name))
            sections.append(figures)
            apologies = apologies + figures.apologies
        }
        if apologies.lateFiles != whole.late + whole.pendingOverdue || late.count != apologies.lateFiles {
            throw .identity(
                row: "Hồ sơ trễ hạn", identity: "trễ hạn = đã giải quyết quá hạn + đang giải quyết quá hạn",
                left: apologies.lateFiles, right: whole.late + whole.pendingOverdue)
        }
        late.sort { ($0.unit, $0.promisedOn, $0.code) < ($1.unit, $1.promisedOn, $1.code) }
    }

    private static func late(
        _ file: CaseFile, unit: String, field: String, end: LocalDate, letter: ReportedLetter?
    ) -> LateFile {
        LateFile(
            code: file.code, field: field, unit: unit, promisedOn: file.dueOn(asOf: end),
            resolvedOn: file.resolvedOn.flatMap { $0 <= end ? $0 : nil },
            letterOn: letter.flatMap { $0.isReturned ? nil : $0.day },
            isReturned: letter?.isReturned == true ? true : nil)
    }

    /// The figures of a field or unit; of nothing where it had nothing.
    func figures(field: String) -> OnTimeFigures {
        byField.rows.first { Phrase.normalized($0.name) == Phrase.normalized(field) } ?? OnTimeFigures(name: field)
    }

    func figures(unit: String) -> OnTimeFigures {
        (byUnit.rows + byWard.rows).first { $0.name == unit } ?? OnTimeFigures(name: unit)
    }
}

/// Judges all targets by a period's figures and the figures of the period before.
struct Judgement {
    private let data: ReportData
    private let now: CaseCount
    private let before: CaseCount?
    private let book: IndicatorBook

    init(_ data: ReportData, now: CaseCount, before: CaseCount?) {
        self.data = data
        self.now = now
        self.before = before
        book = IndicatorBook(data.indicators, cutOffDay: data.profile.reports?.cutOffDay)
    }

    /// What all of the office is called in tables.
    private var whole: String { data.profile.wholeOffice ?? "Toàn địa bàn" }

    var verdicts: [TargetVerdict] {
        data.targets.targets.flatMap { target in
            target.parts.flatMap { part in
                switch part.from {
                case .cases: cases(target, part)
                case .register: [apologies(target, part)]
                case .indicator: [indicator(target, part)]
                }
            }
        }
    }

    // MARK: Case files and register

    private func cases(_ target: Target, _ part: Target.Part) -> [TargetVerdict] {
        func share(_ figures: OnTimeFigures) -> Share {
            part.measure == .late ? figures.lateShare : figures.onTimeShare
        }
        switch part.by {
        case .field:
            return fields(target, part).map { field in
                TargetVerdict(
                    target, part, subject: field, value: share(now.figures(field: field)),
                    before: before.map { share($0.figures(field: field)) })
            }
        case .unit:
            return (part.units ?? []).compactMap { id in
                data.profile.units.first { $0.id == id }.map { unit in
                    TargetVerdict(
                        target, part, subject: unit.name, value: share(now.figures(unit: unit.name)),
                        before: before.map { share($0.figures(unit: unit.name)) })
                }
            }
        case .all, nil:
            return [
                TargetVerdict(
                    target, part, subject: whole, value: share(now.total), before: before.map { share($0.total) })
            ]
        }
    }

    /// The fields that a part judges, those of case files that the profile does not know included.
    private func fields(_ target: Target, _ part: Target.Part) -> [String] {
        if let fields = part.fields { return fields }
        return now.byField.rows.map(\.name).filter { field in
            data.targets.part(ofField: field).map { $0.target.id == target.id && $0.part == part } ?? false
        }
    }

    private func apologies(_ target: Target, _ part: Target.Part) -> TargetVerdict {
        TargetVerdict(
            target, part, subject: whole, value: now.apologies.share, before: before.map(\.apologies.share))
    }

    // MARK: Indicators

    private func indicator(_ target: Target, _ part: Target.Part) -> TargetVerdict {
        let name = part.id ?? target.id
        let expected = units(part, name)
        var value: Share?
        var earlier: Share?
        var missing: [String] = []
        var basis: Set<String> = []
        for unit in expected {
            if let entry = entry(unit.id, part, name, now) {
                value = value.map { $0 + entry.share } ?? entry.share
                basis.formUnion(entry.basis)
            } else {
                missing.append(unit.name)
            }
            if let before, let entry = entry(unit.id, part, name, before) {
                earlier = earlier.map { $0 + entry.share } ?? entry.share
            }
        }
        return TargetVerdict(
            target, part, subject: expected.count == 1 ? expected[0].name : whole, value: value, before: earlier,
            missing: missing, expected: expected.count, basis: basis == [now.period.name] ? [] : basis.sorted())
    }

    private func entry(_ unit: String, _ part: Target.Part, _ name: String, _ count: CaseCount) -> IndicatorBook.Entry?
    {
        book.entry(unit, name, part.combine ?? .latest, in: count.period, to: count.end)
    }

    /// Who submits an indicator, or has where nobody must.
    private func units(_ part: Target.Part, _ name: String) -> [OfficeProfile.Unit] {
        if let submitters = part.submitters(data.profile) { return submitters }
        let known = book.units(name)
        return data.profile.units.filter { known.contains($0.id) }
    }

    /// What each unit said of each indicator.
    var rows: [IndicatorRow] {
        data.targets.targets.flatMap { target in
            target.parts.filter { $0.from == .indicator }.flatMap { part in
                let name = part.id ?? target.id
                return units(part, name).compactMap { unit in
                    entry(unit.id, part, name, now).map { entry in
                        IndicatorRow(
                            target: target.id, indicator: name, title: part.name ?? target.title, unit: unit.name,
                            share: entry.share, isRank: part.measure == .rank, basis: entry.basis)
                    }
                }
            }
        }
    }
}

/// What a unit said of an indicator, as a report shows it.
public struct IndicatorRow: Sendable, Equatable, Codable {
    /// `T12`.
    public var target: String
    /// `T12.1`.
    public var indicator: String
    /// What tables call it.
    public var title: String
    /// The unit's name.
    public var unit: String
    /// The number.
    public var share: Share
    /// It is a rank.
    public var isRank: Bool
    /// The periods that it was taken from.
    public var basis: [String]
}

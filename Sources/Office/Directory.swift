/// Who a phrase of the plan means: units and bodies by name or alias, groups that stand for several, lists of these.
///
/// A phrase is compared without regard to capitals, spaces and dashes, and with the words of `OwnerRules` taken off. One
/// that is not known as a whole is taken apart at its separators, the longest known names first, so that “Phòng Văn hóa
/// và Thông tin” stays one. What names nobody is kept in the answer, never dropped.
public struct Directory: Sendable {
    private let form: OwnerForm
    private let owners: [String: Recipient]
    private let order: [String: Int]
    private let ids: [String: [String]]
    private let allUnits: [OfficeProfile.Unit]

    /// The directory of an office.
    public init(_ profile: OfficeProfile) {
        let rules = profile.ownerRules ?? OwnerRules()
        let form = OwnerForm(rules)
        self.form = form
        allUnits = profile.units
        let all = profile.owners
        owners = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        order = Dictionary(all.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var ids: [String: [String]] = [:]
        func learn(_ name: String, _ meaning: [String]) {
            let key = form.plain(name)
            if ids[key] == nil { ids[key] = meaning }
        }
        for group in profile.groups {
            let kinds = group.kinds ?? []
            let members = profile.units.filter { kinds.contains($0.kind) }.map(\.id) + (group.units ?? [])
            for phrase in group.phrases { learn(phrase, members) }
        }
        for unit in profile.units {
            for name in [unit.id, unit.name] + (unit.aliases ?? []) { learn(name, [unit.id]) }
        }
        for body in rules.bodies ?? [] {
            for name in [body.id, body.name] + (body.phrases ?? []) { learn(name, [body.id]) }
        }
        self.ids = ids
    }

    /// Whom a phrase means, and which of its words mean nobody.
    public func resolve(_ phrase: String) -> OwnerResolution {
        let text = form.withoutTail(form.plain(phrase))
        let pieces = form.pieces(text)
        var found: [String] = []
        var unresolved: [String] = []
        var index = 0
        while index < pieces.count {
            let known = (index..<pieces.count).reversed().lazy.compactMap { last -> (Int, [String])? in
                let words = text[pieces[index].lowerBound..<pieces[last].upperBound]
                return meaning(Phrase.normalized(String(words))).map { (last, $0) }
            }.first
            if let known {
                found += known.1
                index = known.0 + 1
            } else {
                unresolved.append(Phrase.normalized(String(text[pieces[index]])))
                index += 1
            }
        }
        let unique = Set(found).sorted { order[$0, default: .max] < order[$1, default: .max] }
        return OwnerResolution(
            phrase: phrase, recipients: unique.compactMap { owners[$0] },
            unresolved: pieces.isEmpty ? [phrase] : unresolved)
    }

    private func meaning(_ words: String) -> [String]? {
        form.variants(words).lazy.compactMap { ids[$0] }.first
    }

    /// The units that a phrase names; empty where it names none that is known.
    public func units(for phrase: String) -> [OfficeProfile.Unit] {
        let named = Set(resolve(phrase).recipients.map(\.id))
        return allUnits.filter { named.contains($0.id) }
    }

    /// Every phrase of a plan's leads and coordinators, sorted, with what it means.
    public func resolutions(in plan: Plan) -> [OwnerResolution] {
        Set(plan.tasks.flatMap { $0.leads + $0.coordinators }).sorted().map(resolve)
    }

    /// The phrases of a plan's leads and coordinators that name nobody, if only with a part of their words; sorted.
    public func unresolved(in plan: Plan) -> [String] {
        resolutions(in: plan).filter { !$0.unresolved.isEmpty }.map(\.phrase)
    }
}

/// What a phrase means.
public struct OwnerResolution: Sendable, Equatable, Codable {
    /// The plan's words.
    public var phrase: String
    /// Whom they mean, in the order of `office.yaml`.
    public var recipients: [Recipient]
    /// The words that mean nobody.
    public var unresolved: [String]
}

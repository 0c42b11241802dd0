/// Finds the office's own name for what case files call a field or a unit. Reads each spelling once.
struct NameIndex {
    private var known: [String: String] = [:]
    private var seen: [String: String] = [:]

    /// Names, each with what else it is called.
    init(_ names: [(name: String, others: [String])]) {
        for (name, others) in names {
            for spelling in [name] + others where known[Phrase.normalized(spelling)] == nil {
                known[Phrase.normalized(spelling)] = name
            }
        }
    }

    static func units(_ profile: OfficeProfile) -> NameIndex {
        NameIndex(profile.units.map { ($0.name, [$0.id] + ($0.aliases ?? [])) })
    }

    static func fields(_ profile: OfficeProfile) -> NameIndex { NameIndex(profile.fields.map { ($0.name, []) }) }

    /// The office's name; a stranger keeps its own with single spaces, and an empty one is said to be so.
    mutating func name(of spelling: String) -> String {
        if let name = seen[spelling] { return name }
        let plain = Phrase.normalized(spelling)
        let name = known[plain] ?? (plain.isEmpty ? "(không ghi)" : Phrase.spaced(spelling))
        seen[spelling] = name
        return name
    }
}

/// Who a phrase of the plan means: units by name or alias, groups that stand for several.
public struct Directory: Sendable {
    private let profile: OfficeProfile

    /// The directory of an office.
    public init(_ profile: OfficeProfile) {
        self.profile = profile
    }

    /// The units that a phrase names; empty where it names none that is known.
    public func units(for phrase: String) -> [OfficeProfile.Unit] {
        let wanted = Phrase.normalized(phrase)
        for group in profile.groups where group.phrases.contains(where: { Phrase.normalized($0) == wanted }) {
            return profile.units.filter { group.kinds.contains($0.kind) }
        }
        return profile.unit(named: phrase).map { [$0] } ?? []
    }

    /// The phrases of a plan's leads and coordinators that name nobody, sorted.
    public func unresolved(in plan: Plan) -> [String] {
        let phrases = Set(plan.tasks.flatMap { $0.leads + $0.coordinators })
        return phrases.filter { units(for: $0).isEmpty }.sorted()
    }
}

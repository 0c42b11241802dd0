import KipCore

extension KipClient {
    /// Makes an owner's schedules these, and no others of that owner. Schedules of other owners stay, and a name that one of
    /// them has is refused.
    /// - Parameters:
    ///   - owner: a label of your own, such as the name of a program or a team. Default the unnamed owner, to whom all
    ///     schedules of programs belong that give none.
    ///   - isDryRun: changes nothing, and gives back what would be. Default false.
    ///   - removingAll: lets `schedules` be empty, which removes all that the owner has. Default false: it is an error.
    /// - Returns: the owner's schedules.
    /// - Throws: `KipClientError`; `.refused` names the schedule and what is wrong with it.
    @discardableResult
    public func apply(
        _ schedules: [ScheduleRecord], owner: String = "", isDryRun: Bool = false, removingAll: Bool = false
    ) async throws(KipClientError) -> [ScheduleRecord] {
        if schedules.isEmpty, !removingAll, !isDryRun {
            throw .refused(
                code: Refusal.Code.invalid.rawValue,
                message: "no schedules are given: that would remove all of the owner “\(owner)”; nothing was changed. "
                    + "Say removingAll if it is meant")
        }
        let asked = schedules.map(\.wire)
        // A broker of an earlier release knows no owners, and would take the set for all that there are.
        if owner.isEmpty, !isDryRun, !asked.contains(where: \.hasOptions) {
            var apply = WireApplySchedules()
            apply.schedules = asked
            return try await scheduleList(.applySchedules(apply))
        }
        var apply = WireApplyScheduleSet()
        apply.owner = owner
        apply.schedules = asked
        apply.dryRun = isDryRun
        return try await scheduleList(.applyScheduleSet(apply))
    }
}

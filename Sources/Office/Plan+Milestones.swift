extension Plan {
    /// The plan with the dates that the office has confirmed in place of doubtful ones.
    public func confirmed(by profile: OfficeProfile) -> Plan {
        var plan = self
        for confirmation in profile.planRules?.confirmedSuspects ?? [] {
            guard let (task, number) = plan.place(of: confirmation.milestone),
                plan.tasks[task].milestones[number].suspect != nil
            else { continue }
            plan.tasks[task].milestones[number].due = confirmation.due
            plan.tasks[task].milestones[number].suspect = nil
        }
        return plan
    }

    /// Confirmations that no doubtful milestone of the plans answers to.
    public static func strayConfirmations(_ plans: [Plan], _ profile: OfficeProfile) -> [String] {
        (profile.planRules?.confirmedSuspects ?? []).map(\.milestone).filter { id in
            !plans.contains { plan in
                plan.place(of: id).map { plan.tasks[$0.task].milestones[$0.number].suspect != nil } ?? false
            }
        }
    }

    /// Where a milestone stands: `1.4/2`, or `1.4` where the task has only one.
    public func place(of milestone: String) -> (task: Int, number: Int)? {
        let parts = milestone.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let task = tasks.firstIndex(where: { $0.id == parts[0] }) else {
            return nil
        }
        let count = tasks[task].milestones.count
        guard parts.count == 2 else { return count == 1 ? (task, 0) : nil }
        guard let number = Int(parts[1]), (1...max(1, count)).contains(number), count > 0 else { return nil }
        return (task, number - 1)
    }

    /// Records about milestones of this plan that it has not, or has with another date: they hold no more.
    public func staleRecords(_ records: [MilestoneRecord], profile: OfficeProfile) -> [MilestoneRecord] {
        let inForce = confirmed(by: profile)
        return records.filter { record in
            guard record.plan == plan else { return false }
            guard let (task, number) = inForce.place(of: record.milestone) else { return true }
            return inForce.tasks[task].milestones[number].due != record.due
        }
    }
}

/// Who the phrases of tasks mean, each phrase resolved once.
final class OwnerBook {
    /// The owners of a task, by their ids.
    struct People {
        var leads: [String] = []
        var coordinators: [String] = []
        var supervisors: [String] = []
        var unresolvedLeads: [String] = []
    }

    private let directory: Directory
    private var known: [String: OwnerResolution] = [:]

    init(_ profile: OfficeProfile) {
        directory = Directory(profile)
    }

    func people(of task: PlanTask) -> People {
        var people = People()
        for phrase in task.leads {
            let found = resolve(phrase)
            people.leads += found.recipients.filter { $0.standing == .member }.map(\.id)
            people.supervisors += found.recipients.filter { $0.standing == .supervises }.map(\.id)
            people.unresolvedLeads += found.unresolved
        }
        people.leads = unique(people.leads)
        for phrase in task.coordinators {
            let found = resolve(phrase)
            people.coordinators += found.recipients.filter { $0.standing == .member }.map(\.id)
            people.supervisors += found.recipients.filter { $0.standing == .supervises }.map(\.id)
        }
        people.coordinators = unique(people.coordinators).filter { !people.leads.contains($0) }
        people.supervisors = unique(people.supervisors)
        return people
    }

    private func resolve(_ phrase: String) -> OwnerResolution {
        if let found = known[phrase] { return found }
        let found = directory.resolve(phrase)
        known[phrase] = found
        return found
    }

    private func unique(_ ids: [String]) -> [String] {
        var seen: Set<String> = []
        return ids.filter { seen.insert($0).inserted }
    }
}

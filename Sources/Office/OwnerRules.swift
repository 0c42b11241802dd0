/// How the phrases that name the owners of a plan's tasks are read, and who beside the units they may mean. All of it is
/// the office's own data (`owners` in `office.yaml`); without it only names, aliases and groups are known.
public struct OwnerRules: Codable, Sendable, Equatable {
    /// What stands for the same, by the form that is compared: `UBND: ["Ủy ban nhân dân (UBND)", "Ủy ban nhân dân"]`.
    public var abbreviations: [String: [String]]?
    /// Words before a name that do not change whom it means: `Trưởng`, `Thủ trưởng`, `Giám đốc`.
    public var prefixes: [String]?
    /// Words after a name that do not: `quận`, `Quận 1`.
    public var suffixes: [String]?
    /// What a phrase ends with that names nobody: `cùng tham gia tuyên truyền và giám sát`.
    public var tails: [String]?
    /// What joins several owners in one phrase; default comma and semicolon. A name that holds one of them is known
    /// whole first.
    public var separators: [String]?
    /// Who is no unit of the office.
    public var bodies: [Body]?

    /// Who owns tasks and is no unit: a leader, an agency beside the office, an organisation that supervises.
    public struct Body: Codable, Sendable, Equatable {
        /// Short and stable; no unit has it.
        public var id: String
        /// Its name.
        public var name: String
        /// The official mailbox; a body without one gets no reminders.
        public var email: String?
        /// What it has to do with the plan; default `member`.
        public var standing: OwnerStanding?
        /// What the plan calls it.
        public var phrases: [String]?
    }
}

/// What an owner has to do with the plan.
public enum OwnerStanding: String, Codable, Sendable, Equatable {
    /// It has duties and is reminded of them.
    case member
    /// It supervises: it gets an overview each month, and no reminder of a single task.
    case supervises
    /// It is not this office's to remind: actors of another plan, or those whom the lead will name.
    case elsewhere
}

/// Who can be told something: a unit, a body, or the head of a unit.
public struct Recipient: Sendable, Equatable, Codable {
    /// `noi-vu`, `mat-tran`, `noi-vu.head`.
    public var id: String
    /// As letters address it.
    public var name: String
    /// The official mailbox.
    public var email: String?
    /// What it has to do with the plan.
    public var standing: OwnerStanding

    /// A recipient.
    public init(id: String, name: String, email: String?, standing: OwnerStanding = .member) {
        self.id = id
        self.name = name
        self.email = email
        self.standing = standing
    }
}

extension OfficeProfile {
    /// The units and the bodies, in the order of `office.yaml`.
    public var owners: [Recipient] {
        units.map { Recipient(id: $0.id, name: $0.name, email: $0.email) }
            + (ownerRules?.bodies ?? []).map {
                Recipient(id: $0.id, name: $0.name, email: $0.email, standing: $0.standing ?? .member)
            }
    }

    /// The heads of units that have a mailbox of their own, in the order of `office.yaml`.
    public var heads: [Recipient] {
        units.compactMap { unit in
            unit.head.map { Recipient(id: unit.id + Self.headSuffix, name: $0.title, email: $0.email) }
        }
    }

    /// Who bears an id.
    public func recipient(_ id: String) -> Recipient? {
        (owners + heads).first { $0.id == id }
    }

    static let headSuffix = ".head"

    /// The first unit or group that cannot be meant so; nil = there is none. A kind that is misspelt would make its units vanish
    /// from groups and reports.
    func slipInUnits() -> String? {
        let kinds: Set<String> = ["department", "ward", "centre", "branch", "outside"]
        if let unit = units.first(where: { !kinds.contains($0.kind) }) {
            return
                "the unit “\(unit.id)” is of kind “\(unit.kind)”, which is not one of \(kinds.sorted().joined(separator: ", "))"
        }
        for group in groups {
            let name = group.phrases.first ?? ""
            if let kind = group.kinds?.first(where: { !kinds.contains($0) }) {
                return
                    "the group “\(name)” is of kind “\(kind)”, which is not one of \(kinds.sorted().joined(separator: ", "))"
            }
            let members = units.count { (group.kinds ?? []).contains($0.kind) } + (group.units?.count ?? 0)
            if members == 0 { return "the group “\(name)” has no members" }
        }
        return nil
    }

    /// The first slip in the ids that the profile's parts name each other by; nil = there is none.
    func slipInOwners() -> String? {
        let ids = (owners + heads).map(\.id)
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
        for id in owners.map(\.id) where id.isEmpty || !id.allSatisfy({ letters.contains($0) }) {
            return "the id “\(id)” has something other than small letters without marks, digits and dashes"
        }
        if let twice = Dictionary(grouping: ids, by: { $0 }).filter({ $0.value.count > 1 }).keys.min() {
            return "the id “\(twice)” stands twice among units and owners.bodies"
        }
        for group in groups {
            if let stranger = group.units?.first(where: { id in !ids.contains(id) }) {
                return "a group names “\(stranger)”, which is no unit and none of owners.bodies"
            }
        }
        for (key, id) in [
            ("reminders.chairman", reminders.chairman), ("reminders.internalAffairs", reminders.internalAffairs),
        ] {
            if let id, !ids.contains(id) { return "“\(key)” is “\(id)”, which is no unit and none of owners.bodies" }
        }
        return nil
    }
}

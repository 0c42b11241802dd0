import CheckedYAML
import Foundation

/// A plan: its tasks with owners and dated milestones.
public struct Plan: Codable, Sendable, Equatable {
    /// Its number and symbol: `04/KH-UBND`.
    public var plan: String
    /// When it was issued.
    public var issued: LocalDate
    /// Who issued it.
    public var agency: String
    /// Its tasks.
    public var tasks: [PlanTask]

    /// Reads a plan from YAML, as `kip plan import` takes it.
    /// - Throws: `OfficeError.plan` that says what is wrong.
    public static func parse(yaml: String) throws(OfficeError) -> Plan {
        do {
            var plan = try CheckedYAML.decode(Plan.self, from: yaml)
            for index in plan.tasks.indices { try plan.tasks[index].date() }
            let ids = plan.tasks.map(\.id)
            if let twice = ids.first(where: { id in ids.filter { $0 == id }.count > 1 }) {
                throw OfficeError.plan("task \(twice) stands twice in the plan")
            }
            return plan
        } catch let error as OfficeError {
            throw error
        } catch let error as DecodingError {
            throw .plan("the plan cannot be read: \(CheckedYAML.words(for: error, in: yaml))")
        } catch {
            throw .plan("the plan cannot be read: \(error)")
        }
    }
}

/// A task of a plan.
public struct PlanTask: Codable, Sendable, Equatable {
    /// `1.4`.
    public var id: String
    /// What is to be done.
    public var title: String
    /// What it brings forth.
    public var deliverables: [String]
    /// Who leads, in the plan's words.
    public var leads: [String]
    /// Who helps, in the plan's words.
    public var coordinators: [String]
    /// The deadline, in the plan's words.
    public var deadline: String
    /// The dates that follow from it.
    public var milestones: [Milestone]

    /// A task.
    public init(
        id: String, title: String, deliverables: [String], leads: [String], coordinators: [String], deadline: String,
        milestones: [Milestone]
    ) {
        self.id = id
        self.title = title
        self.deliverables = deliverables
        self.leads = leads
        self.coordinators = coordinators
        self.deadline = deadline
        self.milestones = milestones
    }
}

/// A dated part of a task.
public struct Milestone: Codable, Sendable, Equatable {
    /// What its date means.
    public enum Kind: String, Codable, Sendable {
        /// Done by a day.
        case by
        /// Goes on; never reminded by date.
        case ongoing
        /// When something happens; never reminded by date.
        case onEvent = "on-event"
    }

    /// What its date means.
    public var kind: Kind
    /// The last day.
    public var due: LocalDate?
    /// The first day.
    public var from: LocalDate?
    /// The last day of something that goes on.
    public var to: LocalDate?
    /// What is to be done by then.
    public var what: String?
    /// Why the date is doubtful: such a milestone is not reminded until the office confirms it.
    public var suspect: String?
    /// How often it comes round between `from` and `to`: `monthly`, `quarterly` or `half-yearly`. A plan that is read has
    /// none any more: each time is a milestone of its own, with its date.
    public var occurrences: String?

    /// A milestone.
    public init(
        kind: Kind, due: LocalDate? = nil, from: LocalDate? = nil, to: LocalDate? = nil, what: String? = nil,
        suspect: String? = nil, occurrences: String? = nil
    ) {
        self.kind = kind
        self.due = due
        self.from = from
        self.to = to
        self.what = what
        self.suspect = suspect
        self.occurrences = occurrences
    }
}

/// A case file of an administrative procedure (hồ sơ), as the receipt of form 01 has it (Circular 01/2018/TT-VPCP, then
/// Circular 03/2025/TT-VPCP).
public struct CaseFile: Sendable, Equatable, Codable {
    /// How it came in.
    public enum Channel: String, Sendable, Codable, CaseIterable {
        /// At the desk.
        case inPerson = "trực tiếp"
        /// Through the public service portal.
        case online = "trực tuyến"
        /// By the public post.
        case post = "bưu chính"
    }

    /// The number of the receipt: `000.00.19.H29-240104-0001`.
    public var code: String
    /// The procedure's name.
    public var procedure: String
    /// The field's name.
    public var field: String
    /// The unit that resolves it.
    public var unit: String
    /// The person or organisation.
    public var applicant: String
    /// The address for letters.
    public var address: String
    /// The telephone.
    public var phone: String
    /// The mail address.
    public var email: String
    /// How it came in.
    public var channel: Channel
    /// When it came in.
    public var receivedOn: LocalDate
    /// The promised return date: the first one, which decides about lateness.
    public var promisedOn: LocalDate
    /// When the result was there.
    public var resolvedOn: LocalDate?
    /// When it was handed over.
    public var returnedOn: LocalDate?
    /// Why it is late.
    public var delayReason: String
    /// The new return date, where one was given.
    public var newPromise: LocalDate?
    /// When its clock stood, in order.
    public var suspensions: [Suspension]
    /// The time of the citizen's data is over, and they are wiped; nil = they are not.
    public internal(set) var isWiped: Bool?

    /// A case file.
    public init(
        code: String, procedure: String, field: String, unit: String, applicant: String, address: String = "",
        phone: String = "", email: String = "", channel: Channel = .inPerson, receivedOn: LocalDate,
        promisedOn: LocalDate, resolvedOn: LocalDate? = nil, returnedOn: LocalDate? = nil, delayReason: String = "",
        newPromise: LocalDate? = nil, suspensions: [Suspension] = []
    ) {
        self.code = code
        self.procedure = procedure
        self.field = field
        self.unit = unit
        self.applicant = applicant
        self.address = address
        self.phone = phone
        self.email = email
        self.channel = channel
        self.receivedOn = receivedOn
        self.promisedOn = promisedOn
        self.resolvedOn = resolvedOn
        self.returnedOn = returnedOn
        self.delayReason = delayReason
        self.newPromise = newPromise
        self.suspensions = suspensions
    }

    /// Where a case file stands on a day, compared by day, not by hour.
    public enum State: String, Sendable, Equatable, Codable {
        /// Resolved before the promised day.
        case early
        /// Resolved on the promised day.
        case onTime
        /// Resolved after it.
        case late
        /// Not resolved, and the promised day has not passed.
        case pendingInTime
        /// Not resolved, and it has.
        case pendingOverdue
        /// Not resolved, and its clock stands: the office waits for the citizen.
        case suspended
    }

    /// Where it stands at the end of a day; what happened later is not known then.
    public func state(asOf date: LocalDate) -> State {
        let due = dueOn(asOf: date)
        if let resolvedOn, resolvedOn <= date {
            return resolvedOn < due ? .early : resolvedOn == due ? .onTime : .late
        }
        // Who was late when the clock was stopped stays late.
        if due < date, !suspensions.contains(where: { $0.stands(on: date) && $0.from <= due }) {
            return .pendingOverdue
        }
        return isSuspended(on: date) ? .suspended : .pendingInTime
    }

    /// Whether an apology for its promised date is owed on a day: it was resolved late, or it is not resolved and its day has
    /// come so near that the letter falls due (Decree 61/2018/NĐ-CP, article 19: the day before at the latest; it is a setting,
    /// as the rule of Decree 118/2025/NĐ-CP is not verified).
    public func owesApology(asOf date: LocalDate, calendar: WorkingCalendar, leadWorkingDays: Int) -> Bool {
        guard receivedOn <= date else { return false }
        switch state(asOf: date) {
        case .early, .onTime, .suspended: return false
        case .late, .pendingOverdue: return true
        case .pendingInTime: return calendar.adding(workingDays: -leadWorkingDays, to: dueOn(asOf: date)) <= date
        }
    }

    /// Whether the new date of its apology was not kept either. There is no second new date (Decree 61/2018/NĐ-CP, article
    /// 19; not verified for Decree 118/2025/NĐ-CP): it goes to the leader, and a second letter promises nothing.
    /// - Parameter first: the day that the letter about the first promise bears; nil = there is none.
    public func isLateTwice(firstLetter first: LocalDate?, asOf date: LocalDate) -> Bool {
        LetterObligation.of(self, firstLetter: first, asOf: date).contains { $0.key.promise == 2 }
    }

    /// What a letter about it still lacks, in the words of the list that a clerk works off.
    /// - Parameter promise: 2 = the letter after a second delay, which needs no new date.
    public func missingForLetter(asOf date: LocalDate, calendar: WorkingCalendar, promise: Int = 1) -> [String] {
        var missing: [String] = []
        if applicant.isEmpty { missing.append("họ tên hoặc tên tổ chức") }
        if address.isEmpty, email.isEmpty, phone.isEmpty { missing.append("địa chỉ, email hoặc điện thoại") }
        if delayReason.isEmpty { missing.append("lý do trễ hạn") }
        let isResolved = resolvedOn.map { $0 <= date } ?? false
        if !isResolved, promise == 1 {
            if let newPromise {
                if newPromise <= dueOn(asOf: date) || newPromise <= date {
                    missing.append("ngày hẹn lại sau hôm nay")
                } else if !calendar.isWorkingDay(newPromise) {
                    missing.append("ngày hẹn lại là ngày làm việc")
                }
            } else {
                missing.append("ngày hẹn lại")
            }
        }
        return missing
    }
}

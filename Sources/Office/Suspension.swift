/// A time in which a case file's clock stands because the office waits for the citizen: papers are to be added or an
/// obligation is to be paid. The promised return date moves by the working days in between.
public struct Suspension: Sendable, Equatable, Codable {
    /// The first day on which the clock stands.
    public var from: LocalDate
    /// The day on which it goes on; nil = it stands.
    public var to: LocalDate?
    /// Why.
    public var reason: String
    /// The promised return date since then; nil while the clock stands.
    public var movedTo: LocalDate?

    /// A suspension.
    public init(from: LocalDate, to: LocalDate? = nil, reason: String = "", movedTo: LocalDate? = nil) {
        self.from = from
        self.to = to
        self.reason = reason
        self.movedTo = movedTo
    }

    /// Whether the clock stands at the end of a day.
    public func stands(on date: LocalDate) -> Bool { from <= date && to.map { $0 > date } ?? true }
}

extension CaseFile {
    /// Whether its clock stands at the end of a day.
    public func isSuspended(on date: LocalDate) -> Bool {
        !(resolvedOn.map { $0 <= date } ?? false) && suspensions.contains { $0.stands(on: date) }
    }

    /// The promised return date that decides about lateness, as it is known at the end of a day: the first one, moved by
    /// suspensions that are over. An apology's new date never moves it. A result while the clock stands is in time, if the
    /// clock has stood since before the promised day: the promised date is at the earliest the result's.
    public func dueOn(asOf date: LocalDate) -> LocalDate {
        let over = suspensions.last { time in time.movedTo != nil && end(of: time).map { $0 <= date } ?? false }
        let due = over?.movedTo ?? promisedOn
        guard let resolvedOn, resolvedOn <= date,
            suspensions.contains(where: { isEndedByResult($0) && $0.from <= due })
        else { return due }
        return max(due, resolvedOn)
    }

    /// Whether the result came while the clock stood: then the clock is not needed any more.
    private func isEndedByResult(_ time: Suspension) -> Bool {
        guard let resolvedOn, time.from <= resolvedOn else { return false }
        return time.to.map { resolvedOn < $0 } ?? true
    }

    /// The day on which a suspension ended: as it says, or by the result; nil = it stands.
    private func end(of time: Suspension) -> LocalDate? { isEndedByResult(time) ? resolvedOn : time.to }

    /// The same file with its suspensions in order, and the promised date moved by each that is over: by as many working days
    /// as lie in it, the day on which the clock goes on not among them. One that began after the promised date moves
    /// nothing: the file was late by then. The result ends one in which it falls.
    public func withMovedPromise(_ calendar: WorkingCalendar) -> CaseFile {
        guard !suspensions.isEmpty else { return self }
        var file = self
        file.suspensions.sort { $0.from < $1.from }
        var due = promisedOn
        for index in file.suspensions.indices {
            let from = file.suspensions[index].from
            file.suspensions[index].movedTo = nil
            guard let to = file.end(of: file.suspensions[index]), from <= due else { continue }
            let days = calendar.workingDays(from: from.adding(days: -1), to: to.adding(days: -1))
            due = calendar.adding(workingDays: days, to: due)
            file.suspensions[index].movedTo = due
        }
        return file
    }
}

extension CaseFile {
    /// This file as the latest word about one that is there: the first promise of that one stays, and when its clock stood.
    /// - Parameter columns: what the import tells at all, by Kịp's names; nil = everything. The rest stays as it is.
    func following(_ present: CaseFile, _ calendar: WorkingCalendar, columns: Set<String>? = nil) -> CaseFile {
        var file = keeping(present, columns)
        // The spelling of the first import is shown.
        file.code = present.code
        let said = Set(suspensions.map(\.from))
        file.suspensions = Self.apart(present.suspensions.filter { !said.contains($0.from) } + suspensions)
        file.promisedOn = present.promisedOn
        // What was given here is not unsaid by a cell that the other software leaves empty.
        file.newPromise = newPromise ?? present.newPromise
        if present.isWiped == true { file = file.withoutCitizen }
        if delayReason.isEmpty { file.delayReason = present.delayReason }
        file = file.withMovedPromise(calendar)
        let isMoved = file.suspensions.contains { $0.movedTo == promisedOn }
        // Another promised date that no suspension explains is a new promise.
        if promisedOn > present.promisedOn, !isMoved { file.newPromise = newPromise ?? promisedOn }
        return file
    }

    private func keeping(_ present: CaseFile, _ columns: Set<String>?) -> CaseFile {
        guard let columns else { return self }
        var file = self
        func keep<Value>(_ column: String, _ value: WritableKeyPath<CaseFile, Value>) {
            if !columns.contains(column) { file[keyPath: value] = present[keyPath: value] }
        }
        keep("nguoi_nop", \.applicant)
        keep("dia_chi", \.address)
        keep("dien_thoai", \.phone)
        keep("email", \.email)
        keep("hinh_thuc", \.channel)
        keep("ngay_co_ket_qua", \.resolvedOn)
        keep("ngay_tra", \.returnedOn)
        return file
    }

    /// Times in their order, each ended by the next at the latest: the clock cannot stand twice at once, and one that a later
    /// import forgets to end must not hide lateness for ever.
    private static func apart(_ times: [Suspension]) -> [Suspension] {
        let times = times.sorted { $0.from < $1.from }
        return times.indices.map { index in
            var time = times[index]
            if index + 1 < times.count { time.to = min(time.to ?? times[index + 1].from, times[index + 1].from) }
            return time
        }
    }
}

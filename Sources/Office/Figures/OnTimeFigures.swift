/// The figures of a period for a field or a unit, in the columns of form II.06a of Circular 01/2020/TT-VPCP. The totals of
/// the form are counted for themselves, so that they can be held against their parts.
public struct OnTimeFigures: Sendable, Equatable, Codable {
    /// Of the field or unit.
    public var name: String
    /// All case files of the period.
    public var received = 0
    /// Received in the period through the portal.
    public var online = 0
    /// Received in the period at the desk or by post.
    public var direct = 0
    /// Received before the period and open when it began.
    public var carriedOver = 0
    /// Resolved in the period.
    public var resolved = 0
    /// Resolved before the promised day.
    public var early = 0
    /// Resolved on it.
    public var onTime = 0
    /// Resolved after it.
    public var late = 0
    /// Open at the period's end.
    public var pending = 0
    /// Open, its promised day not passed.
    public var pendingInTime = 0
    /// Open, its promised day passed.
    public var pendingOverdue = 0

    /// Figures of nothing.
    public init(name: String) {
        self.name = name
    }

    /// The share that was resolved on time or early.
    public var onTimeShare: Share { Share(early + onTime, of: resolved) }
    /// The share that was resolved late.
    public var lateShare: Share { Share(late, of: resolved) }

    /// Whether a case file belongs to a period: received by its end, and not resolved before it began.
    public static func belongs(_ file: CaseFile, from start: LocalDate, to end: LocalDate) -> Bool {
        file.receivedOn <= end && file.resolvedOn.map { $0 >= start } ?? true
    }

    /// Counts a case file, where it belongs to the period.
    public mutating func count(_ file: CaseFile, from start: LocalDate, to end: LocalDate) {
        guard Self.belongs(file, from: start, to: end) else { return }
        received += 1
        if file.receivedOn < start {
            carriedOver += 1
        } else if file.channel == .online {
            online += 1
        } else {
            direct += 1
        }
        if let day = file.resolvedOn, day <= end { resolved += 1 } else { pending += 1 }
        switch file.state(asOf: end) {
        case .early: early += 1
        case .onTime: onTime += 1
        case .late: late += 1
        // The form has no column for a clock that stands: what waits for the citizen is in time.
        case .pendingInTime, .suspended: pendingInTime += 1
        case .pendingOverdue: pendingOverdue += 1
        }
    }

    /// The figures of two put together, under the first one's name.
    public static func + (left: OnTimeFigures, right: OnTimeFigures) -> OnTimeFigures {
        var sum = left
        for column in columns { sum[keyPath: column.path] += right[keyPath: column.path] }
        return sum
    }

    /// Checks the identities of the form.
    /// - Throws: `FiguresError.identity` that names the row.
    public func check() throws(FiguresError) {
        try hold(received, online + direct + carriedOver, "tổng số tiếp nhận = trực tuyến + trực tiếp + từ kỳ trước")
        try hold(received, resolved + pending, "tổng số tiếp nhận = đã giải quyết + đang giải quyết")
        try hold(resolved, early + onTime + late, "đã giải quyết = trước hạn + đúng hạn + quá hạn")
        try hold(pending, pendingInTime + pendingOverdue, "đang giải quyết = trong hạn + quá hạn")
    }

    private func hold(_ left: Int, _ right: Int, _ identity: String) throws(FiguresError) {
        if left != right { throw .identity(row: name, identity: identity, left: left, right: right) }
    }

    /// The columns of numbers with their heads, in the form's order.
    public static var columns: [(head: String, path: WritableKeyPath<OnTimeFigures, Int> & Sendable)] {
        [
            ("Tổng số tiếp nhận", \.received), ("Trực tuyến", \.online), ("Trực tiếp, bưu chính", \.direct),
            ("Từ kỳ trước", \.carriedOver), ("Tổng số đã giải quyết", \.resolved), ("Trước hạn", \.early),
            ("Đúng hạn", \.onTime), ("Quá hạn", \.late), ("Tổng số đang giải quyết", \.pending),
            ("Trong hạn", \.pendingInTime), ("Quá hạn chưa giải quyết", \.pendingOverdue),
        ]
    }

    /// Its numbers in the form's order.
    public var numbers: [Int] { Self.columns.map { self[keyPath: $0.path] } }
}

/// Why figures are not given out.
public enum FiguresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A total that is not the sum of its parts.
    case identity(row: String, identity: String, left: Int, right: Int)
    /// The period begins after the day of the report.
    case notBegun(period: String, asOf: LocalDate)
    /// A section that says something else than the whole.
    case section(unit: String, what: String)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .identity(let row, let identity, let left, let right):
            "the figures of “\(row)” do not add up (\(identity): \(left) is not \(right)); nothing was issued. This is a "
                + "fault of the program: keep the register and report it"
        case .notBegun(let period, let date):
            "the period \(period) has not begun on \(date); choose a later day or an earlier period"
        case .section(let unit, let what):
            "the section of “\(unit)” says something else than the whole report: \(what); nothing was issued"
        }
    }
}

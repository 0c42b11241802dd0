import KipCore

/// What a handler in an `InlineQueue` reads of the jobs that its own came after. What it says of its progress is for nobody.
struct InlineDesk: JobDesk {
    let before: [ParentResult]

    func parents(from: Int) -> (parents: [ParentResult], more: Bool) { (Array(before.dropFirst(from)), false) }
    func report(fraction: Double?, text: String) {}
    func log(_ line: String) {}
}

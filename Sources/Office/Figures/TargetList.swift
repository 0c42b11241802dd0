import CheckedYAML
import Foundation

/// The targets of the plan, as `targets.yaml` beside `office.yaml` has them.
public struct TargetList: Sendable, Equatable, Codable {
    /// The plan that they are of: `04/KH-UBND`.
    public var plan: String
    /// The target whose indicators make the report's part on feedback and petitions; nil = none.
    public var feedback: String?
    /// The targets, in the plan's order.
    public var targets: [Target]

    /// Reads the targets that stand beside a profile. Where there is no such file they are made of what the profile says of
    /// its fields and units, so that an older office goes on working.
    /// - Throws: `OfficeError.profile` that names the file and what is wrong.
    public static func load(beside path: String, _ profile: OfficeProfile) throws(OfficeError) -> TargetList {
        let file = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("targets.yaml")
        guard FileManager.default.fileExists(atPath: file.path) else { return TargetList(profile) }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw .profile("\(file.path) cannot be read")
        }
        return try parse(text, path: file.path, profile)
    }

    static func parse(_ text: String, path: String, _ profile: OfficeProfile) throws(OfficeError) -> TargetList {
        let list: TargetList
        do {
            list = try CheckedYAML.decodeStrictly(TargetList.self, from: text)
        } catch let error as DecodingError {
            throw .profile("\(path): \(CheckedYAML.words(for: error, in: text))")
        } catch let error as CheckedYAML.Refused {
            throw .profile("\(path): \(error)")
        } catch {
            throw .profile("\(path) is not YAML: \(error)")
        }
        try list.check(path, profile)
        return list
    }

    /// Targets of what a profile says of its fields and units, and that every late file has its apology.
    init(_ profile: OfficeProfile) {
        plan = ""
        feedback = nil
        var targets: [Target] = []
        for field in profile.fields {
            let bound = Bound(field.strict ?? false ? .moreThan : .atLeast, percent: field.onTimePercent)
            let part = Target.Part(
                from: .cases, by: .field, fields: [field.name], thresholds: [.init(.body, source: "", bound: bound)])
            if let index = targets.firstIndex(where: { $0.id == field.target }) {
                targets[index].parts.append(part)
            } else {
                targets.append(Self.target(field.target, "Hồ sơ giải quyết đúng hạn theo lĩnh vực", part))
            }
        }
        targets.sort { $0.id < $1.id }
        for unit in profile.units {
            guard let percent = unit.onTimePercent else { continue }
            var thresholds = [Target.Threshold(.body, source: "", bound: Bound(.atLeast, percent: percent))]
            if let appendix = unit.appendixPercent {
                thresholds.append(.init(.appendix, source: "", bound: Bound(.atLeast, percent: appendix)))
            }
            let part = Target.Part(from: .cases, by: .unit, units: [unit.id], thresholds: thresholds)
            targets.append(Self.target("T5", "Hồ sơ giải quyết đúng hạn của \(unit.name)", part))
        }
        let all = Bound(.atLeast, hundredths: 10_000)
        let apology = Target.Part(from: .register, thresholds: [.init(.body, source: "", bound: all)])
        targets.append(Self.target("T6", "Hồ sơ trễ hạn được xin lỗi kịp thời", apology))
        self.targets = targets
    }

    private static func target(_ id: String, _ title: String, _ part: Target.Part) -> Target {
        Target(id: id, title: title, words: "", scope: "", parts: [part])
    }

    /// The names that indicators may have, with their parts.
    public var indicators: [String: Target.Part] {
        var found: [String: Target.Part] = [:]
        for target in targets {
            for part in target.parts where part.from == .indicator { found[part.id ?? target.id] = part }
        }
        return found
    }

    // MARK: Checking

    private func check(_ path: String, _ profile: OfficeProfile) throws(OfficeError) {
        var names: Set<String> = []
        for target in targets {
            if target.parts.isEmpty { throw .profile("\(path): target \(target.id) has no parts") }
            for part in target.parts {
                let name = part.id ?? target.id
                if part.thresholds.isEmpty { throw .profile("\(path): \(name) has no thresholds") }
                if Set(part.thresholds.map(\.bound.isCeiling)).count > 1 {
                    throw .profile("\(path): \(name) has a bound from above and one from below; make two parts of it")
                }
                if part.from == .indicator || part.id != nil, !names.insert(name).inserted {
                    throw .profile("\(path): \(name) stands twice; give each part an id of its own")
                }
                try check(part, name, path, profile)
            }
        }
        if let feedback, !targets.contains(where: { $0.id == feedback }) {
            throw .profile("\(path): “feedback” is \(feedback), which is no target")
        }
        try checkFields(path, profile)
    }

    private func check(
        _ part: Target.Part, _ name: String, _ path: String, _ profile: OfficeProfile
    ) throws(OfficeError) {
        for unit in part.units ?? [] where !profile.units.contains(where: { $0.id == unit }) {
            throw .profile("\(path): \(name) names the unit “\(unit)”, which office.yaml does not have")
        }
        for kind in part.kinds ?? [] where !profile.units.contains(where: { $0.kind == kind }) {
            throw .profile("\(path): \(name) names the kind “\(kind)”, which no unit of office.yaml has")
        }
        if part.from == .cases, part.by == nil {
            throw .profile("\(path): \(name) is counted from case files; say “by: field”, “by: unit” or “by: all”")
        }
        if part.from == .cases, part.by == .unit, part.units?.isEmpty ?? true {
            throw .profile("\(path): \(name) is counted by unit; name its “units”")
        }
        if part.measure == .rank, part.from != .indicator {
            throw .profile("\(path): \(name) is a rank, which only an indicator can be")
        }
    }

    /// What `office.yaml` says of a field must be what judges it.
    private func checkFields(_ path: String, _ profile: OfficeProfile) throws(OfficeError) {
        for field in profile.fields {
            guard let (target, part) = part(ofField: field.name) else {
                throw .profile(
                    "\(path): no target judges the field “\(field.name)”; a part without “fields” takes the rest")
            }
            let strictest = part.strictest.bound
            let bound = part.measure == .late ? strictest.ofTheRest : strictest
            let said = Bound(field.strict ?? false ? .moreThan : .atLeast, percent: field.onTimePercent)
            if target.id != field.target || bound != said {
                throw .profile(
                    "\(path): the field “\(field.name)” is judged by \(target.id), \(bound.words()) on time, but "
                        + "office.yaml says \(field.target), \(said.words()); make them the same")
            }
        }
    }

    /// What judges a field: the part that names it, else the one that names none.
    func part(ofField field: String) -> (target: Target, part: Target.Part)? {
        let wanted = Phrase.normalized(field)
        var rest: (Target, Target.Part)?
        for target in targets {
            for part in target.parts where part.from == .cases && part.by == .field {
                guard let fields = part.fields else {
                    rest = rest ?? (target, part)
                    continue
                }
                if fields.contains(where: { Phrase.normalized($0) == wanted }) { return (target, part) }
            }
        }
        return rest
    }
}

extension Bound {
    /// A bound of per cent as the profile writes it.
    init(_ comparison: Comparison, percent: Double) {
        self.init(comparison, hundredths: Int((min(100, max(0, percent.isNaN ? 100 : percent)) * 100).rounded()))
    }
}

import Foundation
import Testing

/// The house rules that a compiler does not hold.
@Suite struct TidyTests {
    private struct Source {
        let room: String
        let path: String
        let lines: [String]
    }

    private func sources(_ folder: String) throws -> [Source] {
        let root = House.root.appendingPathComponent(folder)
        let paths = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }
        return try paths.filter {
            $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") && !$0.hasSuffix("/WireSchema.swift")
        }.map { path in
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            return Source(
                room: String(path.split(separator: "/")[0]), path: "\(folder)/\(path)",
                lines: text.components(separatedBy: "\n"))
        }
    }

    private func imports(_ source: Source) -> [String] {
        source.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place < 2, words.count > place + 1 else { return nil }
            return String(words[place + 1])
        }
    }

    @Test("the queue never imports the office, the office never the queue; only the job library and kip know both")
    func arrows() throws {
        let queue: Set<String> = [
            "KipCore", "KipStore", "KipBroker", "KipClient", "KipWorker", "KipSimulation", "KipTesting", "KipMetrics",
            "KipTracing", "KipEncryption",
        ]
        let office: Set<String> = ["Office", "OfficeDocuments", "OfficeMail"]
        var seen = 0
        for source in try sources("Sources") {
            let names = Set(imports(source))
            seen += names.count
            if queue.contains(source.room) {
                #expect(names.isDisjoint(with: office.union(["JobLibrary"])), "\(source.path)")
            }
            if office.contains(source.room) {
                #expect(names.isDisjoint(with: queue.union(["JobLibrary", "ZeroMQ"])), "\(source.path)")
            }
            if ["ZeroMQ", "HashChain"].contains(source.room) {
                #expect(names.isDisjoint(with: queue.union(office)), "\(source.path)")
            }
            if ["KipClient", "KipWorker", "KipMetrics", "KipTracing", "KipEncryption"].contains(source.room) {
                #expect(names.isDisjoint(with: ["KipBroker", "KipStore"]), "\(source.path)")
            }
            if source.path.contains("KipBroker/Core") {
                #expect(names.isDisjoint(with: ["ZeroMQ", "Foundation", "Glibc"]), "\(source.path) does I/O")
            }
        }
        #expect(seen > 100)
    }

    @Test("no Foundation on the broker's hot path")
    func hotPath() throws {
        for source in try sources("Sources")
        where ["KipBroker/Core", "KipBroker/Shell", "KipCore/Wire"].contains(
            where: source.path.contains)
        {
            #expect(!imports(source).contains("Foundation"), "\(source.path)")
        }
    }

    @Test("each @unchecked Sendable says why it is safe, and nothing is forced")
    func reasons() throws {
        for source in try sources("Sources") {
            for (index, line) in source.lines.enumerated() {
                let code = line.components(separatedBy: "//")[0]
                if code.contains("@unchecked Sendable") {
                    let above = source.lines[max(0, index - 6)..<index].joined()
                    #expect(above.contains("@unchecked Sendable:"), "\(source.path):\(index + 1)")
                }
                #expect(!code.contains("try!") && !code.contains("as!"), "\(source.path):\(index + 1)")
            }
        }
    }

    @Test("files are of one idea: none over 400 lines, none named for a drawer")
    func files() throws {
        for source in try sources("Sources") {
            #expect(source.lines.count <= 400, "\(source.path)")
            for drawer in ["Utils", "Helpers", "Manager", "Misc", "Common"] {
                #expect(!source.path.contains(drawer), "\(source.path)")
            }
        }
    }

    @Test("the top level is what it should be")
    func topLevel() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: House.root.path)
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        #expect(Set(names) == ["Package.swift", "Sources", "Tests", "deploy", "scripts", "README.md"])
    }

    @Test("nothing in the repository speaks of the machine that it was made on")
    func places() throws {
        let files = try #require(FileManager.default.enumerator(atPath: House.root.path)).compactMap { $0 as? String }
        for path in files where !path.hasPrefix(".") {
            guard let text = try? String(contentsOf: House.root.appendingPathComponent(path), encoding: .utf8) else {
                continue
            }
            #expect(!text.contains("/work" + "/main") && !text.contains("/root" + "/"), "\(path)")
        }
    }
}

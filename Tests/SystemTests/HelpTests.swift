import ArgumentParser
import Testing

@testable import kip

/// What `--help` says, of every command.
@Suite struct HelpTests {
    private static let all: [(name: String, command: any ParsableCommand.Type)] = commands(Kip.self, "kip")

    private static func commands(
        _ command: any ParsableCommand.Type, _ name: String
    ) -> [(name: String, command: any ParsableCommand.Type)] {
        let groups = command.configuration.groupedSubcommands.flatMap(\.subcommands)
        return [(name, command)]
            + (command.configuration.subcommands + groups).flatMap {
                commands($0, "\(name) \($0.configuration.commandName ?? "?")")
            }
    }

    @Test("paragraphs are wrapped once, by the terminal's width; examples are not wrapped at all")
    func wrapping() {
        #expect(Self.all.count > 60)
        for (name, command) in Self.all {
            let lines = command.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false)
            for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty && !next.isEmpty {
                #expect(line.hasPrefix(" ") || next.hasPrefix(" "), "\(name): “\(line)” is wrapped by hand")
            }
            for line in lines where line.hasPrefix("  ") {
                #expect(line.count <= 78, "\(name): “\(line)” is wider than 80 columns")
            }
        }
    }

    @Test("examples can be copied: what stands after “kip” is a command, and no ellipsis stands for anything")
    func examples() {
        let names = Set(Self.all.map(\.name))
        for (name, command) in Self.all {
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  kip ") {
                #expect(!line.contains("…"), "\(name): \(line)")
                #expect(!line.contains(" # "), "\(name): \(line)")
                let words = line.split(separator: " ").map(String.init)
                let known = [3, 2].contains { names.contains(words.prefix($0).joined(separator: " ")) }
                #expect(known, "\(name): \(line)")
            }
        }
    }

    @Test("a command that there is not is refused with the one that was probably meant; all that there are pass")
    func unknown() throws {
        func refusal(_ line: String) -> String? {
            do {
                try CommandWords.checkNames(ArraySlice(line.split(separator: " ").map(String.init)), of: Kip.self)
                return nil
            } catch {
                #expect(error.code == 64)
                return error.message
            }
        }
        #expect(refusal("case list") == "there is no command “kip case”; is “cases” meant? “kip --help” lists them")
        #expect(
            refusal("cases lst X")
                == "there is no command “kip cases lst”; is “list” meant? “kip cases --help” lists them")
        #expect(refusal("help jobs rety")?.contains("is “retry” meant?") == true)
        #expect(refusal("xyzzy") == "there is no command “kip xyzzy”; “kip --help” lists them")
        #expect(refusal("cases --help lst") == nil)
        #expect(refusal("enqueue cases lst") == nil)
        for (name, _) in Self.all { #expect(refusal(String(name.dropFirst("kip ".count))) == nil, "\(name)") }
    }
}

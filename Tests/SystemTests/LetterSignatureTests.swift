import Foundation
import OwnThread
import Testing

/// Letters that are signed electronically, and what “kip letters verify” says of them.
@Suite(.serialized, .ownThread) struct LetterSignatureTests {
    private struct Check: Decodable, Equatable {
        var signer: String
        var isValid: Bool
        var isTrusted: Bool
    }

    /// An office whose profile names a key, in a store that `certutil` makes.
    private func house() throws -> House {
        let house = try House()
        let store = house.folder.appendingPathComponent("nss").path
        try FileManager.default.createDirectory(
            atPath: store, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data((0..<64).map { _ in UInt8.random(in: 0...255) }).write(to: URL(fileURLWithPath: store + "/noise"))
        for words in [
            ["-N", "--empty-password"],
            ["-S", "-x", "-n", "kip", "-s", "CN=UBND Quan 1", "-t", "C,C,C", "-g", "2048", "-z", store + "/noise"],
        ] {
            let made = try house.run("certutil", words + ["-d", "sql:" + store])
            try #require(made.code == 0, "\(made.error)")
        }
        let profile = try String(
            contentsOf: House.root.appendingPathComponent("deploy/example/office.yaml"), encoding: .utf8)
        try (profile + "\nsigning: { nssDirectory: \(store), nickname: kip }\n").write(
            to: house.folder.appendingPathComponent("office.yaml"), atomically: true, encoding: .utf8)
        return house
    }

    private func kip(_ words: String..., in house: House, input: String? = nil) throws -> House.Result {
        let days = House.root.appendingPathComponent("deploy/example/days-off.yaml").path
        return try house.run(
            "env", ["KIP_OFFICE_PROFILE=office.yaml", "KIP_DAYS_OFF=\(days)", House.kip.path] + words, input: input)
    }

    @Test("letters verify prints an object for each signature, also of one that does not hold (65)")
    func verifies() throws {
        let house = try house()
        let cases = try house.kip("cases", "sample", "--count", "60", "--seed", "11", "--as-of", "2024-03-29").out
        #expect(try kip("cases", "import", "-", in: house, input: cases).code == 0)
        let broker = try house.start("broker")
        let days = House.root.appendingPathComponent("deploy/example/days-off.yaml").path
        let worker = try house.start("worker", "--profile", "office.yaml", "--days-off", days)
        defer { House.end(worker, broker) }
        #expect(
            try house.kip("enqueue", "late-case-sweep", "--payload", #"{"asOf": "2024-03-29"}"#, "--wait").code == 0)
        #expect(try house.kip("jobs", "wait", "--idle", "--for", "240s").code == 0)
        let folder = house.folder.appendingPathComponent("office/print")
        let ending = "-phieu-xin-loi.pdf"
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(ending) }.min())
        func checks(_ letter: String) throws -> (code: Int32, checks: [Check]) {
            let result = try kip("letters", "verify", letter, "--json", in: house)
            return (
                result.code, try result.lines.map { try JSONDecoder().decode(Check.self, from: Data($0.utf8)) }
            )
        }
        let good = [Check(signer: "UBND Quan 1", isValid: true, isTrusted: true)]
        // By its case file's code, from the register, and as a file.
        let byCode = try checks(String(file.dropLast(ending.count)))
        #expect(byCode.checks == good && byCode.code == 0)
        var letter = try Data(contentsOf: folder.appendingPathComponent(file))
        try letter.write(to: house.folder.appendingPathComponent("letter.pdf"))
        let whole = try checks("letter.pdf")
        #expect(whole.checks == good && whole.code == 0)
        letter[letter.startIndex + 900] ^= 1
        try letter.write(to: house.folder.appendingPathComponent("changed.pdf"))
        let changed = try checks("changed.pdf")
        #expect(changed.checks.map(\.isValid) == [false] && changed.code == 65)
    }
}

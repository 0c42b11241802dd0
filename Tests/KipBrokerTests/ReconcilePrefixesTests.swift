import Testing

@testable import KipBroker

@Suite struct ReconcilePrefixesTests {
    @Test(
        "a key is covered by the prefixes with which it begins, byte by byte",
        arguments: [
            ["mail/"], ["mail/", "sms/"], ["b", "ba", "bab"], ["a", "b/", "b/c"], [""], [], ["thư/", "thư/xin/"],
            (0..<1_000).map { "p\($0)/" },
        ])
    func cover(_ names: [String]) {
        let prefixes = ReconcilePrefixes(names)
        #expect(prefixes.isEmpty == names.isEmpty)
        let keys =
            [
                "", "mail", "mail/1", "mailbox/1", "sms/", "b", "ba", "bb", "c", "a", "b/d", "b/", "thư/1", "thu/1",
                "p7/1", "p77/1",
                "p777", "p999/x", "p1000/x",
            ] + names + names.map { $0 + "x" }
        for key in keys {
            let isCovered = names.contains { key.utf8.starts(with: $0.utf8) }
            #expect(prefixes.cover(key) == isCovered, "\(key)")
        }
    }
}

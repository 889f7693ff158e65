import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// What Bitcoin's dialect makes of jobs, and of what decides about them.
@Suite(.timeLimit(.minutes(5))) struct BitcoinJobTests: AtABitcoinDialect {
    @Test func whatAShareSays() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let job = try job(notify(id: "7"), &dialect)
        let (number, line) = try request(dialect.submit(share(job, nonce: 0x0102_0304)))
        // The question for extra nonces was number 4.
        #expect(number == 5 && line["method"] == .string("mining.submit"))
        let token = try #require(HeaderParts(token: try share(job).token))
        #expect(
            line["params"]
                == .array([
                    .string("addr"), .number("7"), .string(Hex.encode(token.extranonce2)), .string("6a1a5c2f"),
                    .string("01020304"), .string("00000000"),
                ]))
        #expect(token.extranonce2.count == 4)
    }

    /// The bits themselves, not their difference from the job's; none of them outside the mask.
    @Test func versionBits() throws {
        var dialect = try dialect()
        _ = dialect.begin()
        _ = take(bitcoinWelcome(mask: "0000e000", subscription: "[[],\"08000002\",0]"), &dialect)
        let job = try job(notify(changing: [5: "\"20002004\""]), &dialect)
        let versions = [0x2000_2004, 0x2000_0004, 0x2000_6004, 0x2000_4004] as [UInt32]
        for (number, version) in versions.enumerated() {
            let share = try share(job, version: number)
            #expect(Array(share.input[0..<4]) == (0..<4).map { UInt8(truncatingIfNeeded: version >> (8 * $0)) })
            let bits = try request(dialect.submit(share)).line["params"]?.array?[5]
            #expect(bits == .string(BitcoinRequest.hex(version & 0xE000)))
        }
    }

    /// A mask counts at once: the present job goes on under it, and shares carry what is inside of it.
    @Test func aNewMaskCountsAtOnce() throws {
        var dialect = try dialect()
        _ = dialect.begin()
        _ = take(bitcoinWelcome(mask: "1fffe000", subscription: "[[],\"08000002\",0]"), &dialect)
        let before = try job(notify(), &dialect)
        let after = try job("{\"method\":\"mining.set_version_mask\",\"params\":[\"0000c000\"]}", &dialect)
        #expect(after.job != before.job && after.job.target == before.job.target)
        // Versions of the old mask that the new one has, too, are still good; others the pool could not rebuild.
        _ = try request(dialect.submit(share(before, version: 2)))
        #expect(
            dialect.submit(try share(before, version: 1))
                == .over(.stale(reason: "its version bits are outside the pool's new mask")))
        _ = try request(dialect.submit(share(after, version: 3)))
        // The same mask again changes nothing, and one that is none is refused.
        #expect(take("{\"method\":\"mining.set_version_mask\",\"params\":[\"c000\"]}", &dialect).isEmpty)
        #expect(
            take("{\"method\":\"mining.set_version_mask\",\"params\":[\"xyz\"]}", &dialect)
                == [.refused(reason: "mining.set_version_mask: the mask is 'xyz'")])
        // Later jobs have it.
        let next = try job(notify(id: "\"J2\""), &dialect)
        #expect(try share(next, version: 1).input[0..<4] == [0, 0x40, 0, 0x20])
    }

    @Test func anExtraNonceCountsForLaterJobs() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let before = try job(notify(), &dialect)
        #expect(take("{\"method\":\"mining.set_extranonce\",\"params\":[\"aabb\",3]}", &dialect).isEmpty)
        #expect(try request(dialect.submit(share(before))).line["params"]?.array?[2].string?.count == 8)
        // The same name, and other work: the pool could not tell the two apart.
        let after = try job(notify(), &dialect)
        #expect(try request(dialect.submit(share(after))).line["params"]?.array?[2].string?.count == 6)
        #expect(try share(after).input != share(before).input)
        #expect(dialect.submit(try share(before)) == .over(.stale(reason: "its job was replaced too long ago")))
        #expect(
            take("{\"method\":\"mining.set_extranonce\",\"params\":[5]}", &dialect)
                == [.refused(reason: "mining.set_extranonce: extranonce1 is the number 5")])
    }

    @Test(
        arguments: [
            ([1: "\"00\""], "job J1: prevhash has 1 bytes, not 32"), ([1: "7"], "job J1: prevhash is the number 7"),
            ([2: "\"0\""], "job J1: coinb1 is not hex"), ([3: nil], "job J1: merkle_branch is missing"),
            ([4: "{}"], "job J1: merkle_branch is an object"),
            ([4: "[\"11\"]"], "job J1: a branch is not 32 bytes of hex"),
            ([5: "\"1\""], "job J1: version is not hex"), ([6: "\"1d00ff\""], "job J1: nbits has 3 bytes, not 4"),
            ([7: nil], "job J1: ntime is missing"), ([8: "\"yes\""], "job J1: clean_jobs is 'yes'"),
            ([0: "null"], "job: no job_id"), ([0: "{}"], "job: job_id is an object"),
            ([0: "\"\""], "job: job_id is empty"),
            (
                [
                    4:
                        "[\(Array(repeating: "\"\(String(repeating: "22", count: 32))\"", count: 33).joined(separator: ","))]"
                ],
                "job J1: 33 branches; the limit is 32"
            ),
        ] as [([Int: String?], String)])
    func jobsThatAreRefused(_ change: [Int: String?], _ reason: String) throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        #expect(take(notify(changing: change), &dialect) == [.refused(reason: OutsideText(ours: reason))])
        _ = try job(notify(), &dialect)
    }

    @Test func aBoundEndsTheSession() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let id = String(repeating: "x", count: 257)
        #expect(take(notify(id: "\"\(id)\""), &dialect) == [.end(reason: "job_id of 257 bytes; the limit is 256")])
        #expect(
            take("{\"id\":\"\(id)\",\"method\":\"mining.ping\"}", &dialect)
                == [.end(reason: "id of 257 bytes; the limit is 256")])
    }

    @Test func noDeviceForIt() throws {
        var dialect = try dialect(.rx0)
        _ = loggedIn(&dialect)
        #expect(take(notify(), &dialect) == [.refused(reason: "job J1: no chosen device runs sha256d or scrypt")])
    }

    /// The last eight jobs stay good, whatever the newest says of the others: the pool's answer decides.
    @Test func theLastEightJobsAreKept() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let all = try (1...9).map { try job(notify(id: "\"\($0)\"", changing: [8: "\($0 == 5)"]), &dialect) }
        for job in all.dropFirst() { _ = try request(dialect.submit(share(job))) }
        #expect(dialect.submit(try share(all[0])) == .over(.stale(reason: "its job was replaced too long ago")))
        // A job that comes again is the same job, at the same difficulty.
        #expect(try job(notify(id: "\"9\"", changing: [8: "false"]), &dialect).job == all[8].job)
        _ = take(setDifficulty("2"), &dialect)
        let harder = try job(notify(id: "\"9\""), &dialect)
        #expect(harder.job != all[8].job)
        // It has the same headers, begins elsewhere, and shares of both are the pool's.
        #expect(try share(harder).token != share(all[8]).token)
        _ = try request(dialect.submit(share(all[8])))
        _ = try request(dialect.submit(share(harder)))
    }

    @Test func timesStayWithinTheirBounds() throws {
        let now: UInt32 = 0x6A1A_5C2F
        for (ahead, units) in [(0, 7201), (7000, 201), (7200, 1), (9000, 1), (-100, 7301)] as [(Int64, UInt64)] {
            var dialect = try dialect { _, options in
                let real = Duration.seconds(Int64(now) - ahead)
                options.clocks = { ClockReading(monotonic: .zero, boot: .zero, real: real) }
            }
            _ = dialect.begin()
            _ = take(bitcoinWelcome(mask: nil, subscription: "[[],\"\",0]"), &dialect)
            let job = try job(notify(), &dialect)
            let last = try share(job, unit: units - 1)
            #expect(job.job.source.unit(units) == nil)
            #expect(HeaderParts(token: last.token)?.time == now + UInt32(units - 1))
        }
    }
}

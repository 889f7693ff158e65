import Nightjar
import NightjarCPU
import NightjarPlatform
import Testing

@Suite(.timeLimit(.minutes(10))) struct ChannelTests {
    @Test func slowConsumerGetsEverythingAndHoldsTheProducerBack() async throws {
        let channel = EventChannel<Int>(capacity: 4)
        let sent = Monitor(0)
        let producer = try PinnedThread(name: "producer") {
            for i in 0..<200 {
                channel.send(i)
                sent.withLock { $0 = i + 1 }
            }
            channel.finish()
        }
        var received: [Int] = []
        while let element = await channel.next() {
            received.append(element)
            // Those received, four that wait, and none beyond.
            #expect(sent.withLock { $0 } <= received.count + 4)
            await Task.yield()
        }
        await producer.joined()
        #expect(received == Array(0..<200))
    }

    @Test func relaxedChannelNeverBlocks() async throws {
        let channel = EventChannel<Int>(capacity: 1)
        let producer = try PinnedThread(name: "producer") { for i in 0..<10 { channel.send(i) } }
        channel.relax()
        await producer.joined()
        channel.finish()
        var received: [Int] = []
        while let element = await channel.next() { received.append(element) }
        #expect(received == Array(0..<10))
    }

    @Test func cancelledConsumerEnds() async {
        let channel = EventChannel<Int>(capacity: 1)
        let consumer = Task { await channel.next() }
        consumer.cancel()
        #expect(await consumer.value == nil)
    }

    /// Each event goes to one of them, and all of them end.
    @Test func severalConsumersShareTheEvents() async {
        let channel = EventChannel<Int>(capacity: 100)
        let sum = await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var received: [Int] = []
                    while let element = await channel.next() { received.append(element) }
                    return received
                }
            }
            channel.relax()
            for i in 0..<100 { channel.send(i) }
            channel.finish()
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(sum.sorted() == Array(0..<100))
    }

    @Test func aThreadMayConsumeToo() throws {
        let channel = EventChannel<Int>(capacity: 2)
        let producer = try PinnedThread(name: "producer") {
            for i in 0..<50 { channel.send(i) }
            channel.finish()
        }
        var received: [Int] = []
        while let element = channel.take() { received.append(element) }
        producer.join()
        #expect(received == Array(0..<50))
    }

    @Test func queueBlocksWhoPutsAndDropsNothing() throws {
        let queue = BoundedQueue<Int>(capacity: 2)
        let put = Monitor(0)
        let producers = try (0..<2).map { producer in
            try PinnedThread(name: "producer") {
                for i in 0..<500 {
                    queue.put(producer * 500 + i)
                    put.withLock { $0 += 1 }
                }
            }
        }
        var taken: Set<Int> = []
        while taken.count < 1000, let element = queue.take() {
            #expect(taken.insert(element).inserted)
            #expect(put.withLock { $0 } <= taken.count + 2)
        }
        for producer in producers { producer.join() }
        queue.close()
        #expect(queue.take() == nil)
        #expect(taken == Set(0..<1000))
    }

    /// More elements than are ever moved at once, put and taken in turns of every length.
    @Test func whatWaitsIsTakenInOrder() async {
        let queue = BoundedQueue<Int>(capacity: .max)
        var (put, taken) = (0, 0)
        for length in 0..<200 {
            for _ in 0..<length {
                queue.put(put)
                put += 1
            }
            for _ in 0..<(length * 7 % 11 == 0 ? length : length / 2) where taken < put {
                #expect(queue.take() == taken)
                taken += 1
            }
        }
        queue.close()
        while let element = queue.take() {
            #expect(element == taken)
            taken += 1
        }
        #expect(taken == put)
    }
}

import NightjarCore
import NightjarMiner
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeviceNewsTests {
    let gpu = DeviceID.opencl(platform: 0, device: 0)

    @Test func wrongHashesAreSaidMoreAndMoreRarely() {
        var news = DeviceNews()
        #expect((1...1234).compactMap { _ in news.wrongHash(.cpu) } == [1, 10, 100, 1000])
        news.beginAnew()
        #expect(news.wrongHash(.cpu) == nil && news.wrongHash(gpu) == 1, "they count on, each device's own")
    }

    @Test func aDatasetIsSaidInQuarters() {
        var news = DeviceNews()
        #expect([0, 3, 25, 26, 60, 100, 100, 2].compactMap { news.settling(.cpu, $0) } == [0, 25, 50, 100, 0])
        news.beginAnew()
        #expect(news.settling(.cpu, 1) == 0)
    }

    @Test func allDevicesMustHaveFailed() {
        var news = DeviceNews()
        news.failed(.cpu)
        #expect(news.haveFailed([.cpu]) && !news.haveFailed([.cpu, gpu]))
        news.failed(gpu)
        #expect(news.haveFailed([.cpu, gpu]))
        let start = ContinuousClock.now
        #expect(news.ready(.cpu, at: start) == nil && !news.haveFailed([.cpu, gpu]))
        news.preparing(.cpu, at: start)
        #expect(news.ready(.cpu, at: start + .seconds(3.5)) == 3.5)
        #expect(news.ready(.cpu, at: start + .seconds(9)) == nil, "only the first time after a preparation")
    }
}

@Suite(.timeLimit(.minutes(1))) struct HashRatesTests {
    @Test func ratesAreFromOneLookToTheNext() {
        let start = ContinuousClock.now
        var rates = HashRates()
        rates.begin(at: start)
        #expect(rates.take([(.cpu, 5)], health: [], at: start) == nil, "no time has passed")
        #expect(rates.take([(.cpu, 100)], health: [], at: start + .seconds(2))?.map(\.hashrate) == [50])
        #expect(rates.take([(.cpu, 160)], health: [], at: start + .seconds(5))?.map(\.hashrate) == [20])
        #expect(rates.take([(.cpu, 0)], health: [], at: start + .seconds(6))?.map(\.hashrate) == [0])
        rates.begin(at: start + .seconds(10))
        #expect(rates.take([], health: [], at: start + .seconds(11)) == nil, "there are no lanes")
        #expect(rates.take([(.cpu, 30)], health: [], at: start + .seconds(11))?.map(\.hashrate) == [30])
    }
}

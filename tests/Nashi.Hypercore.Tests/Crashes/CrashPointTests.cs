using System.Globalization;
using Nashi.Storage;
using Nashi.Storage.Kv;
using Xunit;

namespace Nashi.Hypercore.Tests.Crashes;

/// <summary>Every write of a random workload is a possible crash: what it leaves opens, verifies and is what was shown after that write.</summary>
/// <remarks>
/// A kill leaves all writes and a power cut a beginning of them that ends at the last sync or later, so every beginning is looked at; that acknowledged appends
/// were synced before is asserted while the workload runs. Both together: nothing acknowledged is lost.
/// </remarks>
public sealed class CrashPointTests
{
    // More by hand: NASHI_CRASH_POINTS=10000000.
    private static readonly int Points = int.TryParse(Environment.GetEnvironmentVariable("NASHI_CRASH_POINTS"), CultureInfo.InvariantCulture, out var points) ? points : 100_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_CrashedAtAnyWrite_HoldsWhatWasAcknowledged()
    {
        var (seed, done) = (0, 0);
        async Task WorkAsync()
        {
            while (Volatile.Read(ref done) < Points)
            {
                var mine = Interlocked.Increment(ref seed);
                try
                {
                    Interlocked.Add(ref done, await RunAsync(mine));
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"seed {mine}: {error.Message}", error);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(WorkAsync, Cancel)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{done} crash points, {seed} seeds");
        Assert.True(done >= Points);
    }

    [Fact]
    public async Task Store_AnyCallFails_ShowsWhatIsStoredAndGoesOn()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            await using var workload = new Workload(seed);
            var random = new Random(seed);
            workload.Open();
            for (var step = 0; step < 40; step++)
            {
                var (kind, at, calls) = (random.Next(3) == 0 ? JournalCall.Sync : JournalCall.Write, random.Next(3), 0);
                var failure = random.Next(2) == 0 ? StorageFailure.DiskFull : StorageFailure.InputOutput;
                workload.Store.Fault = call => call == kind && calls++ == at ? new StorageException(failure, "as ordered") : null;
                try
                {
                    await workload.StepAsync();
                }
                catch (StorageException error)
                {
                    Assert.Equal(failure, error.Failure);
                }

                workload.Store.Fault = null;
                workload.OpenAgainIfClosed();
                var stored = await StoreView.LookAsync(CorestoreStorage.Over(workload.Store.OpenAt(workload.Store.Writes)));
                Assert.True(workload.Look() == stored, $"seed {seed}, step {step}, {kind} {at}: shown\n{workload.Look()}stored\n{stored}");
            }
        }
    }

    private static async Task<int> RunAsync(int seed)
    {
        var workload = new Workload(seed);
        workload.Open();
        for (var step = 0; step < 45; step++) await workload.StepAsync();
        await workload.DisposeAsync();
        var verified = new HashSet<Encoding.Bytes32>();
        for (var writes = 0; writes <= workload.Store.Writes; writes++)
        {
            await using var storage = CorestoreStorage.Over(workload.Store.OpenAt(writes));
            var (seen, shown) = (await StoreView.LookAsync(storage, verified), workload.StateAfter(writes));
            Assert.True(seen == shown, $"after write {writes} of {workload.Store.Writes}:\n{seen}was shown as\n{shown}");
            if (writes % 16 == 0) await GoOnAsync(storage);
        }

        return workload.Store.Writes + 1;
    }

    private static async Task GoOnAsync(CorestoreStorage storage)
    {
        await using var core = Core.Open(storage, null, Workload.Cores[0].Options);
        var length = core.Length;
        Assert.Equal(length + 1, await core.AppendAsync(new byte[3], Cancel));
        await core.TruncateAsync((length / 2) + 1, null, Cancel);
        Assert.True(core.VerifySignature(core.State.Tree.Signature, core.Length, core.Fork));
    }
}

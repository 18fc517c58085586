using System.Diagnostics.CodeAnalysis;

namespace Nashi.Hyperbee.Tests;

/// <summary>A log whose blocks are far away: what is asked for arrives when a round trip ends. Counts the round trips that a read waits for.</summary>
internal class RoundLog(MemoryBlockLog far) : IBlockLog
{
    private readonly Dictionary<ulong, byte[]> _here = [];
    private List<(ulong Seq, TaskCompletionSource<byte[]?> Waiter)> _asked = [];

    public event Action? Changed
    {
        add => far.Changed += value;
        remove => far.Changed -= value;
    }

    public ulong Length => far.Length;

    public ulong Fork => far.Fork;

    public bool IsWritable => false;

    public int Fetched => _here.Count;

    /// <summary>Runs a read to its end, and answers how many round trips it took.</summary>
    public async Task<int> CountAsync(Task read)
    {
        // Continuations must run inside SetResult: a round is over when all of them have asked for what they need.
        SynchronizationContext.SetSynchronizationContext(null);
        var rounds = 0;
        while (!read.IsCompleted)
        {
            var arriving = _asked;
            _asked = [];
            Assert.NotEmpty(arriving);
            rounds++;
            foreach (var (seq, _) in arriving) _here[seq] = far.TryGet(seq, out var block) ? block : throw new InvalidOperationException();
            EndRound();
            foreach (var (seq, waiter) in arriving) waiter.SetResult(_here[seq]);
        }

        await read;
        return rounds;
    }

    public bool TryGet(ulong index, [NotNullWhen(true)] out byte[]? block) => _here.TryGetValue(index, out block);

    public async ValueTask<byte[]?> GetAsync(ulong index, bool wait, CancellationToken cancellationToken)
        => _here.TryGetValue(index, out var block) ? block : await Ask(index).ConfigureAwait(false);

    public ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken) => throw new InvalidOperationException();

    public void Prefetch(IReadOnlyList<ulong> indexes)
    {
        foreach (var index in indexes)
        {
            if (!_here.ContainsKey(index)) _ = Ask(index);
        }
    }

    /// <summary>What was asked for in the round is here now.</summary>
    protected virtual void EndRound()
    {
    }

    private Task<byte[]?> Ask(ulong index)
    {
        // One each, or the second of two who wait for a block may be woken on another thread.
        var waiter = new TaskCompletionSource<byte[]?>();
        _asked.Add((index, waiter));
        return waiter.Task;
    }
}

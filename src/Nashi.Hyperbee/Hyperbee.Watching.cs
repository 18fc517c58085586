using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Nashi.Hyperbee;

public sealed partial class Hyperbee
{
    /// <summary>Yields the two versions each time keys of a range changed. Ends when cancelled.</summary>
    public async IAsyncEnumerable<(Hyperbee Current, Hyperbee Previous)> WatchAsync(BeeRange? range = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (previous, fork) = (Snapshot(), _state.Log.Fork);
        await foreach (var _ in SignalsAsync(cancellationToken).ConfigureAwait(false))
        {
            var current = Snapshot();
            if (_state.Log.Fork == fork && !await DiffersAsync(current, previous, range, cancellationToken).ConfigureAwait(false)) continue;
            yield return (current, previous);
            (previous, fork) = (current, _state.Log.Fork);
        }
    }

    /// <summary>Yields a key's entry now, and again each time it changed. Ends when cancelled.</summary>
    public async IAsyncEnumerable<BeeEntry?> GetAndWatchAsync(ReadOnlyMemory<byte> key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var last = await GetAsync(key, cancellationToken).ConfigureAwait(false);
        var fork = _state.Log.Fork;
        yield return last;
        await foreach (var _ in SignalsAsync(cancellationToken).ConfigureAwait(false))
        {
            var next = await GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (next?.Seq == last?.Seq && fork == _state.Log.Fork) continue;
            (last, fork) = (next, _state.Log.Fork);
            yield return next;
        }
    }

    /// <inheritdoc cref="GetAndWatchAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public IAsyncEnumerable<BeeEntry?> GetAndWatchAsync(string key, CancellationToken cancellationToken = default)
        => GetAndWatchAsync(Utf8.Bytes(key), cancellationToken);

    private static async ValueTask<bool> DiffersAsync(Hyperbee current, Hyperbee previous, BeeRange? range, CancellationToken cancellationToken)
    {
        if (current.Version == previous.Version) return false;
        await foreach (var _ in current.DiffAsync(previous, (range ?? BeeRange.All) with { Limit = 1 }, cancellationToken).ConfigureAwait(false)) return true;
        return false;
    }

    // Many changes while the reader is busy are one signal. The first signal comes at once, for what changed before we listened.
    private async IAsyncEnumerable<bool> SignalsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Signal() => signals.Writer.TryWrite(true);
        _state.Log.Changed += Signal;
        try
        {
            Signal();
            await foreach (var signal in signals.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return signal;
        }
        finally
        {
            _state.Log.Changed -= Signal;
        }
    }
}

using System.Runtime.CompilerServices;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hypercore.State;

namespace Nashi.Hyperbee.Hints;

/// <summary>The hints of all trees on one core: a reader says what it reads, who has it says which blocks that takes, and the reader asks for all of them at once.</summary>
/// <remarks>
/// The reference's extension, so that either side may be one of its kind. A hint costs little and may come to nothing. What a peer names is downloaded only while we
/// have asked for names, and no more than an answer to that may hold: nobody makes us download what we did not ask for. Nothing is told to peers of an encrypted
/// core: they may be blind, and keys are content.
/// </remarks>
internal sealed class BeeHints
{
    private const string Name = "hyperbee";
    private const int BlocksPerMessage = 128;
    private const int BlocksForKey = 256;
    private const int BlocksForRange = 2048 + BlocksPerMessage;
    private const int MostAllowed = 8 * BlocksForRange;

    // Reads for others at one time; further hints are dropped.
    private const int MostAnswers = 4;

    private static readonly ConditionalWeakTable<CoreState, BeeHints> All = [];

    private readonly Lock _gate = new();
    private readonly List<WeakReference<CoreBlockLog>> _logs = [];
    private CoreExtension? _extension;
    private int _allowed;
    private int _answering;

    /// <summary>Those of a core; null when it is not replicated, or an application uses their name.</summary>
    public static BeeHints? For(CoreBlockLog log)
    {
        if (log.Core.IsClosed) return null;
        var hints = All.GetValue(log.Core.State, static _ => new BeeHints());
        return hints.TryAdd(log) ? hints : null;
    }

    public void AskForKey(ulong version, ReadOnlySpan<byte> key)
    {
        Allow(BlocksForKey);
        _ = _extension!.Broadcast(Wrap(KeyHint.Encode(version, key)));
    }

    public void AskForRange(ulong version, in Tree.KeyBounds bounds, ulong limit, bool reverse)
    {
        Allow(BlocksForRange);
        _ = _extension!.Broadcast(Wrap(RangeHint.Encode(version, bounds, limit, reverse)));
    }

    /// <summary>As the reference's extensions send bytes: with their length before them, or it closes the connection.</summary>
    internal static byte[] Wrap(byte[] message)
    {
        var wrapped = new byte[CompactSize.Buffer(message.Length)];
        var writer = new CompactWriter(wrapped);
        writer.WriteBuffer(message);
        return wrapped;
    }

    private bool TryAdd(CoreBlockLog log)
    {
        lock (_gate)
        {
            if (_extension is null)
            {
                try
                {
                    _extension = log.Core.RegisterExtension(Name, Receive);
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            }

            _ = _logs.RemoveAll(static known => !known.TryGetTarget(out _));
            _logs.Add(new(log));
            return true;
        }
    }

    private CoreBlockLog? FindOpen()
    {
        lock (_gate)
        {
            foreach (var known in _logs)
            {
                if (known.TryGetTarget(out var log) && !log.Core.IsClosed) return log;
            }
        }

        return null;
    }

    private void Allow(int blocks)
    {
        lock (_gate) _allowed = Math.Min(_allowed + blocks, MostAllowed);
    }

    // On the connection's pump.
    private void Receive(PublicKey peer, ReadOnlyMemory<byte> body)
    {
        var reader = new CompactReader(body.Span);
        if (!reader.TryReadBuffer(out var bytes) || !HintMessage.TryDecode(bytes, out var message)) return;
        if (message.Blocks is { } blocks) Download(blocks);
        if (message is { Get: null, Range: null }) return;
        if (Interlocked.Increment(ref _answering) <= MostAnswers) _ = ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Hints.AnswerAsync(state.Peer, state.Message), (Hints: this, Peer: peer, Message: message), preferLocal: false);
        else _ = Interlocked.Decrement(ref _answering);
    }

    private void Download(ulong[] blocks)
    {
        if (FindOpen() is not { } log) return;
        foreach (var block in blocks)
        {
            if (block >= log.Length || log.Has(block)) continue;
            lock (_gate)
            {
                if (_allowed == 0) return;
                _allowed--;
            }

            if (!log.TryBring(block)) return;
        }
    }

    private async Task AnswerAsync(PublicKey peer, HintMessage message)
    {
        try
        {
            if (FindOpen() is not { } log) return;
            var found = new HintedBlocks(blocks => _extension!.Send(peer, Wrap(HintMessage.EncodeBlocks(blocks))), BlocksPerMessage, BlocksForRange);
            try
            {
                var bee = new Hyperbee(log, HyperbeeOptions.Default with { Wait = false, MaxCachedBlocks = BlocksForRange });
                if (message.Get is { } get && IsHere(log, get.Version)) await bee.TouchKeyAsync(get, found).ConfigureAwait(false);
                if (message.Range is { } range && IsHere(log, range.Version)) await bee.TouchRangeAsync(range, found).ConfigureAwait(false);
            }
            catch (NashiException)
            {
                // Something is not here, or not a tree: what was found so far still helps.
            }

            found.Flush();
        }
        finally
        {
            _ = Interlocked.Decrement(ref _answering);
        }
    }

    private static bool IsHere(CoreBlockLog log, ulong version) => version >= 2 && version <= log.Length;
}

using System.Threading.Tasks.Sources;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>An append. Taken from and returned to a pool: the appender's ValueTask is it.</summary>
internal sealed class AppendWork : LaneWork, IValueTaskSource<ulong>
{
    private readonly CoreState _core;
    private ManualResetValueTaskSourceCore<ulong> _source = new() { RunContinuationsAsynchronously = true };
    private ReadOnlyMemory<byte> _one;
    private IReadOnlyList<ReadOnlyMemory<byte>>? _many;
    private IBlockEncryption? _encryption;
    private Durability _durability;
    private ulong _newLength;
    private long _size;

    public AppendWork(CoreState core) => _core = core;

    public override long Size => _size;

    public override bool CanShare => true;

    public ValueTask<ulong> Task => new(this, _source.Version);

    public void Set(ReadOnlyMemory<byte> one, IReadOnlyList<ReadOnlyMemory<byte>>? many, long size, SessionSettings settings)
    {
        _source.Reset();
        (_one, _many, _size, _encryption, _durability) = (one, many, size, settings.Encryption, settings.Durability);
    }

    public override void Apply(WriteRound round)
    {
        _core.ThrowIfNotAppendable();
        round.Require(_durability);
        var start = round.Tree.Length;
        if (_many is null) Add(round, _one.Span);
        else foreach (var block in _many) Add(round, block.Span);
        _newLength = round.Tree.Length;
        if (_newLength == start) return;
        (round.IsUpgraded, round.IsOwn) = (true, true);
        round.AddChange(start, _newLength, held: true);
    }

    public override void Succeed()
    {
        (_one, _many) = (default, null);
        _source.SetResult(_newLength);
    }

    public override void Fail(Exception error)
    {
        (_one, _many) = (default, null);
        _source.SetException(error);
    }

    ulong IValueTaskSource<ulong>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _core.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ulong>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ulong>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Adds a block to a tree and to what is to be stored.</summary>
    public static void Add(MerkleBatch tree, CoreWriteBatch batch, ReadOnlySpan<byte> block, IBlockEncryption? encryption, ulong fork)
    {
        var index = tree.Length;
        if (encryption is null)
        {
            tree.Append(block);
            batch.PutBlock(index, block);
            return;
        }

        var stored = batch.PutBlock(index, block.Length + encryption.Padding);
        block.CopyTo(stored[encryption.Padding..]);
        encryption.Encrypt(index, fork, stored);
        tree.Append(stored);
    }

    private void Add(WriteRound round, ReadOnlySpan<byte> block) => Add(round.Tree, round.Batch, block, _encryption, round.Tree.Fork);
}

namespace Nashi.Storage.Kv;

/// <summary>Walks keys in order. One owner; dispose it.</summary>
public abstract class KeyValueCursor : IDisposable
{
    /// <summary>The key here, valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }

    /// <summary>The value here, valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Value { get; }

    /// <summary>Moves to the next entry; false at the end.</summary>
    public abstract bool MoveNext();

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cursor holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

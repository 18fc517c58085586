namespace Nashi.Laboratory.Peers;

/// <summary>One clock for everything that a laboratory sees.</summary>
internal static class LabClock
{
    private static readonly long Begin = TimeProvider.System.GetTimestamp();

    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(Begin);

    public static Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        time > TimeSpan.Zero ? Task.Delay(time, TimeProvider.System, cancellationToken) : Task.CompletedTask;

    public static Task WaitUntilAsync(TimeSpan time, CancellationToken cancellationToken) => WaitAsync(time - Now, cancellationToken);
}

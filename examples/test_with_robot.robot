*** Settings ***
Documentation     The order manager, as a program: shown with Robot Framework.
Library           exsim.robot.ExsimLibrary
Library           Process

*** Test Cases ***
A Part Of The Order Is Filled
    When               type=D symbol=AAA    ack; fill 40 @ 100.10; cancel "market closed"
    ${position}=       Trade    buy    AAA    100    100.25
    Should Be Equal    ${position}    40
    Verify Messages    type=D symbol=AAA side=BUY qty=100    count=1
    Expect Message     type=8 exec=canceled text="market closed"

The Next Test Begins With Nothing
    ${messages}=       Query Messages
    Should Be Empty    ${messages}
    ${position}=       Trade    buy    AAA    100    100.25
    Should Be Equal    ${position}    0
    ${status}=         Enter Order    AAA    SELL    60    100
    Should Be Equal    ${status}    FILLED
    ${status}=         Order Status    order-1
    Should Be Equal    ${status}    PARTIALLY_FILLED

*** Keywords ***
Trade
    [Arguments]        @{what}
    ${host}=           Session Host    BUYSIDE1
    ${port}=           Session Port    BUYSIDE1
    ${done}=           Run Process    python3    ${CURDIR}/trade.py    @{what}
    ...                env:EXSIM_ORDER_ENTRY_HOST=${host}    env:EXSIM_ORDER_ENTRY_PORT=${port}
    Should Be Equal As Integers    ${done.rc}    0    ${done.stderr}
    RETURN             ${done.stdout}
